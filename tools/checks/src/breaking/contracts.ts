import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { createFileRegistry, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import { runBuf } from "@mesh/codegen/generate/buf";
import { writeDependencies } from "@mesh/codegen/generate/dependencies";
import { CannotCompare } from "./cannot-compare.ts";
import { Reach } from "./reach.ts";

/** A tree of contracts, compiled. */
export interface Contracts {
  /** The folder of buf.yaml. */
  readonly root: string;
  /** The compiled contracts, with their sources' positions, for buf. */
  readonly image: string;
  readonly registry: FileRegistry;
  readonly options: MeshOptions;
  readonly validator: Validator;
  readonly reach: Reach;
}

/**
 * Compiles the contracts of a tree.
 *
 * @param image the file that the compiled contracts are written to
 * @param name what to call the tree in errors
 * @throws CannotCompare if they do not compile
 */
export async function compileContracts(root: string, image: string, name: string): Promise<Contracts> {
  await writeDependencies(root);
  const errors = await runBuf(root, ["build", "--output", image]);
  if (errors) throw new CannotCompare(`the contracts of ${name} do not compile:\n${errors}`);
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, await readFile(image)));
  const options = new MeshOptions(registry);
  const reach = new Reach(registry, options);
  return { root, image, registry, options, validator: createValidator({ registry }), reach };
}

/** Where a contract stands, from the root: `proto/orders/v1/orders.proto`; its imports do not name the module's folder. */
export async function pathOf(root: string, file: string): Promise<string> {
  const config = await readFile(join(root, "buf.yaml"), "utf8").catch(() => "");
  const modules = [...config.matchAll(/^\s*-?\s*path:\s*["']?([^\s"'#]+)/gm)].map(([, path = ""]) => path);
  const folder = modules.find((path) => existsSync(join(root, path, file))) ?? modules[0] ?? ".";
  return posix.join(folder, file);
}
