import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { httpProtoNames } from "./proto/http-protos.ts";
import { validateProtoName } from "./proto/validate-proto.ts";

/** What contracts import for their options alone. */
const optionFiles = new Set([validateProtoName, ...httpProtoNames]);

/**
 * The files to generate code for: those asked for, and those of others (such as google/protobuf/timestamp.proto) whose
 * messages they use. What only options use, such as the rules, is not needed.
 */
export function filesToGenerate(asked: readonly DescFile[], all: readonly DescFile[]): DescFile[] {
  const needed = new Set(asked.filter((file) => !optionFiles.has(file.proto.name)));
  // A set grows while it is walked, so the files that are added are walked too.
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
