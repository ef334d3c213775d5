import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type CodeGeneratorResponse_File,
} from "@bufbuild/protobuf/wkt";
import { meshPlugin } from "../src/plugin/plugin.ts";
import { uncheckedLine } from "../src/ts-proto/patches/unchecked.ts";
import { typesPlugin } from "../src/ts-proto/plugin.ts";

/**
 * Runs both plugins, each on a copy of the request, as buf does: neither may depend on what the other leaves of it.
 * Compilers check the types, unlike those that buf generates.
 */
export function runPlugins(request: CodeGeneratorRequest, repository: string): CodeGeneratorResponse_File[] {
  const sent = toBinary(CodeGeneratorRequestSchema, request);
  const copy = () => fromBinary(CodeGeneratorRequestSchema, sent);
  const types = typesPlugin.run({ ...copy(), parameter: tsProtoOptions(repository) }).file;
  const checked = types.map((file) => ({ ...file, content: file.content.replace(uncheckedLine, "") }));
  return [...checked, ...meshPlugin.run(copy()).file];
}

/** The options of ts-proto in buf.gen.yaml, as buf passes them. */
export function tsProtoOptions(repository: string): string {
  const configuration = readFileSync(join(repository, "buf.gen.yaml"), "utf8");
  return [...configuration.matchAll(/^ {6}- (\S+)$/gm)].map(([, option]) => option).join(",");
}
