import type { DescFile } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import type { Problem } from "./problem.ts";
import { pathOf, pathsEndingWith } from "./source-info.ts";

/** Returns the problems of files for which neither types nor schemas can be generated. */
export function unsupported(files: readonly DescFile[]): Problem[] {
  return files.flatMap((file) => [...fileNames(file), ...messageSets(file)]);
}

/** A module has the name of its .proto file, and is imported by it. */
function fileNames(file: DescFile): Problem[] {
  const [character] = /['"`\\\p{Cc}\u2028\u2029]/u.exec(file.name) ?? [];
  if (character === undefined) return [];
  const shown = JSON.stringify(character);
  return [{ desc: file, text: `a file's name can't contain ${shown}, because TypeScript imports it: rename the file` }];
}

/**
 * The numbers of `options` of a message, and of `message_set_wire_format` in them. Source:
 * google/protobuf/descriptor.proto
 */
const optionsField = 7;
const messageSetOption = 1;

/** A message set has another encoding than a message, which few implementations read. proto3 has none. */
function messageSets(file: DescFile): Problem[] {
  if (file.proto.syntax === "proto3") return [];
  const paths = optionPaths(file);
  const messages = [...nestedTypes(file)].filter((type) => type.kind === "message");
  return messages
    .filter((desc) => paths.has(pathOf(desc)))
    .map((desc) => ({
      desc,
      option: [messageSetOption],
      text: `message_set_wire_format on ${desc.name} is not supported: remove it and declare its contents as fields`,
    }));
}

/**
 * Returns the paths of the messages with the option. Buf removes it from the messages, but not from the source info.
 */
function optionPaths({ proto }: DescFile): Set<string> {
  const end = [optionsField, messageSetOption];
  return new Set(pathsEndingWith(proto, end).map((path) => path.split(".").slice(0, -end.length).join(".")));
}
