import { create, type DescFile } from "@bufbuild/protobuf";
import { type CodeGeneratorRequest, CodeGeneratorRequestSchema } from "@bufbuild/protobuf/wkt";
import type { TypeMap } from "ts-proto/build/src/types.js";
import { commentsOf } from "../source-info.ts";
import type { Contracts } from "./contracts.ts";
import { copyOf } from "./copy.ts";
import type { Patch } from "./patch.ts";
import { defaultComments } from "./patches/default-comments.ts";
import { emptyValues } from "./patches/empty-values.ts";
import { enumValueTypes } from "./patches/enum-value-types.ts";
import { extensions } from "./patches/extensions.ts";
import { fieldMaskInOneof } from "./patches/field-mask-in-oneof.ts";
import { firstEnumValue } from "./patches/first-enum-value.ts";
import { floats } from "./patches/floats.ts";
import { groups } from "./patches/groups.ts";
import { importedNames } from "./patches/imported-names.ts";
import { inheritedKeys } from "./patches/inherited-keys.ts";
import { largeMessages } from "./patches/large-messages.ts";
import { layout } from "./patches/layout.ts";
import { mapEntries } from "./patches/map-entries.ts";
import { merge } from "./patches/merge.ts";
import { names } from "./patches/names.ts";
import { negativeZero } from "./patches/negative-zero.ts";
import { protoKeys } from "./patches/proto-keys.ts";
import { proto2AndEditions } from "./patches/proto2-and-editions.ts";
import { requiredMembers } from "./patches/required-members.ts";
import { times } from "./patches/times.ts";
import { unchecked } from "./patches/unchecked.ts";
import { utf8 } from "./patches/utf8.ts";
import { wire } from "./patches/wire.ts";

/** All differences from stock ts-proto except `comments-by-path`, in the order in which they apply. */
const patches: readonly Patch[] = [
  extensions,
  proto2AndEditions,
  names,
  defaultComments,
  firstEnumValue,
  importedNames,
  // The patches below expect code that is laid out.
  layout,
  times,
  inheritedKeys,
  negativeZero,
  floats,
  utf8,
  protoKeys,
  enumValueTypes,
  fieldMaskInOneof,
  groups,
  mapEntries,
  merge,
  emptyValues,
  wire,
  requiredMembers,
  largeMessages,
  unchecked,
];

/** A request for the same contracts, as copies that are patched. */
export function patchRequest({ parameter }: CodeGeneratorRequest, { files }: Contracts): CodeGeneratorRequest {
  const protoFile = files.map((file) => {
    const copy = copyOf(file.proto);
    copy.sourceCodeInfo = commentsOf(file.proto);
    for (const patch of patches) patch.descriptor?.(copy, file);
    return copy;
  });
  return create(CodeGeneratorRequestSchema, {
    parameter,
    protoFile,
    fileToGenerate: protoFile.map(({ name }) => name),
  });
}

/** The types that a file can refer to. */
export function patchTypes(types: TypeMap, file: DescFile): TypeMap {
  return patches.reduce((patched, patch) => patch.types?.(patched, file) ?? patched, types);
}

/** The code of a file. */
export function patchCode(code: string, file: DescFile, contracts: Contracts): string {
  return patches.reduce((patched, patch) => patch.code?.(patched, file, contracts) ?? patched, code);
}
