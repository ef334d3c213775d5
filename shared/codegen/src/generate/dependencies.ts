import { join } from "node:path";
import { validateProto, validateProtoName } from "../proto/validate-proto.ts";
import { writeIfChanged } from "./sync.ts";

/** Writes what contracts import and npm brings into proto/.deps, which buf.yaml names as a module. */
export async function writeDependencies(root: string): Promise<void> {
  await writeIfChanged(join(root, "proto/.deps", validateProtoName), validateProto());
}
