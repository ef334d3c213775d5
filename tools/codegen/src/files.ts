import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { httpProtoNames } from "./proto/http-protos.ts";
import { validateProtoName } from "./proto/validate-proto.ts";

/** Files that contracts import only for their options. */
const optionFiles = new Set([validateProtoName, ...httpProtoNames]);

/**
 * Returns the files to generate code for: the requested ones, and imported ones whose messages they use, such as
 * google/protobuf/timestamp.proto. Files that only options use, such as the rules, are not needed.
 */
export function filesToGenerate(asked: readonly DescFile[], all: readonly DescFile[]): DescFile[] {
  const needed = new Set(asked.filter((file) => !optionFiles.has(file.proto.name)));
  // Iterating a set includes the elements that are added meanwhile.
  for (const file of needed) {
    for (const used of usedMessages(file)) needed.add(used.file);
    for (const used of usedEnums(file)) needed.add(used.file);
  }
  return all.filter((file) => needed.has(file));
}

function usedMessages(file: DescFile): DescMessage[] {
  const ofMethods = file.services.flatMap((service) => service.methods.flatMap(({ input, output }) => [input, output]));
  return [...ofMethods, ...fieldsOf(file).flatMap((field) => field.message ?? [])];
}

function usedEnums(file: DescFile) {
  return fieldsOf(file).flatMap((field) => field.enum ?? []);
}

function fieldsOf(file: DescFile) {
  return [...nestedTypes(file)].flatMap((type) => (type.kind === "message" ? type.fields : []));
}
