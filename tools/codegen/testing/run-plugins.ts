import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CodeGeneratorRequest, CodeGeneratorResponse_File } from "@bufbuild/protobuf/wkt";
import { meshPlugin } from "../src/plugin/plugin.ts";
import { uncheckedLine } from "../src/ts-proto/patches/unchecked.ts";
import { typesPlugin } from "../src/ts-proto/plugin.ts";

/** Runs both plugins. Compilers check the types, unlike those that buf generates. */
export function runPlugins(request: CodeGeneratorRequest, repository: string): CodeGeneratorResponse_File[] {
  const types = typesPlugin.run({ ...request, parameter: tsProtoOptions(repository) }).file;
  const checked = types.map((file) => ({ ...file, content: file.content.replace(uncheckedLine, "") }));
  return [...checked, ...meshPlugin.run(request).file];
}

/** The options of ts-proto in buf.gen.yaml, as buf passes them. */
export function tsProtoOptions(repository: string): string {
  const configuration = readFileSync(join(repository, "buf.gen.yaml"), "utf8");
  return [...configuration.matchAll(/^ {6}- (\S+)$/gm)].map(([, option]) => option).join(",");
}
