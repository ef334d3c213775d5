import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFileRegistry, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import { ServiceNames } from "@mesh/codegen/catalogue/service-name";
import { CommandError } from "@mesh/codegen/command";
import { runBuf } from "@mesh/codegen/generate/buf";
import { writeDependencies } from "@mesh/codegen/generate/dependencies";

/** The compiled contracts of a repository. */
export interface Contracts {
  /** The folder of buf.yaml. */
  readonly root: string;
  /** The file with the compiled contracts and their source locations, for buf. */
  readonly image: string;
  readonly registry: FileRegistry;
  readonly options: MeshOptions;
  readonly names: ServiceNames;
}

/** The error for contracts that do not compile. Its message lists the compiler's complaints. */
export class InvalidContracts extends CommandError {
  override readonly name = "InvalidContracts";
}

/**
 * Compiles the contracts of a repository.
 *
 * @param root the folder of buf.yaml
 * @param image the file to write the compiled contracts to
 * @param name the name of the version in errors: `the working tree`
 * @throws InvalidContracts if they do not compile
 */
export async function compileContracts(root: string, image: string, name: string): Promise<Contracts> {
  await writeDependencies(root);
  const errors = await runBuf(root, ["build", "--output", image]);
  if (errors) throw new InvalidContracts(`the contracts of ${name} do not compile:\n${errors}`);
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, await readFile(image)));
  const options = new MeshOptions(registry);
  return { root, image, registry, options, names: new ServiceNames(registry.files, options) };
}

/** Runs a function with an empty folder, which is removed afterwards. */
export async function withScratchFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mesh-checks-")));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
