import { create, type DescField, type DescMessage } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  Edition,
  type FieldDescriptorProto,
  FieldOptionsSchema,
  FieldDescriptorProto_Label as Label,
  OneofDescriptorProtoSchema,
  FeatureSet_FieldPresence as Presence,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { messagePairs } from "../declared.ts";
import type { Patch } from "../patch.ts";

/**
 * Describes a file of any syntax as the proto3 file whose messages have the same bytes. In proto2 and editions ts-proto
 * sets a field that was not sent to its default, and ignores presence and encoding that only single fields have.
 */
export const proto2AndEditions: Patch = {
  descriptor(copy, file) {
    copy.syntax = "proto3";
    copy.edition = Edition.EDITION_UNKNOWN;
    for (const [message, proto] of messagePairs(file, copy)) describeMessage(message, proto);
  },
};

function describeMessage(message: DescMessage, proto: DescriptorProto): void {
  const fields = new Map(message.fields.map((field) => [field.number, field]));
  for (const one of proto.field) {
    const field = fields.get(one.number);
    if (!field) continue;
    describeEncoding(field, one);
    if (!isOptional(field) || one.proto3Optional) continue;
    one.proto3Optional = true;
    one.oneofIndex = proto.oneofDecl.push(create(OneofDescriptorProtoSchema, { name: `_${field.name}` })) - 1;
  }
}

/** Returns true if a field would be `optional` in proto3. */
function isOptional(field: DescField): boolean {
  const isSingle = field.fieldKind === "scalar" || field.fieldKind === "enum";
  return isSingle && !field.oneof && field.presence !== Presence.IMPLICIT;
}

function describeEncoding(field: DescField, proto: FieldDescriptorProto): void {
  if (field.fieldKind === "list" && field.listKind !== "message") {
    proto.options ??= create(FieldOptionsSchema);
    proto.options.packed = field.packed;
    return;
  }
  if (proto.label === Label.REQUIRED) proto.label = Label.OPTIONAL;
  // The patch `groups` changes the code of delimited messages: ts-proto reads no group as a date or the like.
  if (field.message) proto.type = Type.MESSAGE;
}
