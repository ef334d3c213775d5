import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { httpProtos } from "../proto/http-protos.ts";
import { validateProto, validateProtoName } from "../proto/validate-proto.ts";
import { writeIfChanged } from "./sync.ts";

/**
 * Writes the files that contracts import from npm packages into proto/.deps, which buf.yaml names as a module. A file
 * that is also in proto/ is left out, because buf accepts no file from two modules.
 */
export async function writeDependencies(root: string): Promise<void> {
  for (const [name, source] of Object.entries(await dependencies())) {
    const path = join(root, "proto/.deps", name);
    if (existsSync(join(root, "proto", name))) await rm(path, { force: true });
    else await writeIfChanged(path, source);
  }
}

/** The sources of the files that contracts import from npm packages, by their import path. */
export async function dependencies(): Promise<Readonly<Record<string, string>>> {
  return { [validateProtoName]: validateProto(), ...(await httpProtos()) };
}
