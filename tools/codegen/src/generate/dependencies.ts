import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { httpProtos } from "../proto/http-protos.ts";
import { validateProto, validateProtoName } from "../proto/validate-proto.ts";
import { writeIfChanged } from "./sync.ts";

const ofMesh = "proto/mesh/v1";

/**
 * Writes the files that contracts import from npm packages into proto/.deps, which buf.yaml names as a module. A file
 * that is also in proto/ is left out, because buf accepts no file from two modules.
 */
export async function writeDependencies(root: string, testing?: string): Promise<void> {
  const packaged = await dependencies();
  for (const [name, source] of Object.entries(packaged)) {
    const path = join(root, "proto/.deps", name);
    if (existsSync(join(root, "proto", name))) await rm(path, { force: true });
    else await writeIfChanged(path, source);
  }
  if (testing === undefined || !existsSync(join(root, testing))) return;
  for (const [name, source] of Object.entries({ ...packaged, ...(await ownProtos(root)) })) {
    await writeIfChanged(join(root, testing, ".deps", name), source);
  }
}

/** Returns the contracts of proto/mesh by their import path. */
async function ownProtos(root: string): Promise<Record<string, string>> {
  const names = (await readdir(join(root, ofMesh))).filter((name) => name.endsWith(".proto"));
  const entries = names.map(async (name) => [`mesh/v1/${name}`, await readFile(join(root, ofMesh, name), "utf8")]);
  return Object.fromEntries(await Promise.all(entries));
}

/** The sources of the files that contracts import from npm packages, by their import path. */
export async function dependencies(): Promise<Readonly<Record<string, string>>> {
  return { [validateProtoName]: validateProto(), ...(await httpProtos()) };
}
