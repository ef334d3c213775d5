import { create, type DescField, type DescFile, type DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import {
  type DescriptorProto,
  Edition,
  type FieldDescriptorProto,
  FieldOptionsSchema,
  type FileDescriptorProto,
  FieldDescriptorProto_Label as Label,
  OneofDescriptorProtoSchema,
  FeatureSet_FieldPresence as Presence,
  type SourceCodeInfo,
  SourceCodeInfo_LocationSchema,
  SourceCodeInfoSchema,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { defaultOf } from "../default.ts";
import { extensionOf } from "../extensions.ts";
import { sourcePath } from "../source-info.ts";

/**
 * A file of any syntax as the file in proto3 that has the same messages on the wire. Of proto2 and editions ts-proto takes
 * presence, defaults and delimited messages for what they are not; of proto3 it has them right.
 *
 * @param file what the file means
 * @param proto its descriptor, in which things may be called otherwise
 */
export function asProto3(file: DescFile, proto: FileDescriptorProto): FileDescriptorProto {
  const messageType = proto.messageType.map((one, index) => messageAsProto3(file.messages[index], one));
  return { ...proto, syntax: "proto3", edition: Edition.EDITION_UNKNOWN, messageType };
}

/** The entries of maps are no messages of the contract; they are the same in every syntax. */
function messageAsProto3(message: DescMessage | undefined, proto: DescriptorProto): DescriptorProto {
  if (!message) return proto;
  const oneofDecl = [...proto.oneofDecl];
  const field = proto.field.map((one) => {
    const desc = message.fields.find(({ number }) => number === one.number);
    if (!desc) return one;
    const plain = { ...one, ...encoding(desc, one) };
    if (!isMaybe(desc) || one.proto3Optional) return plain;
    const oneofIndex = oneofDecl.push(create(OneofDescriptorProtoSchema, { name: `_${desc.name}` })) - 1;
    return { ...plain, oneofIndex, proto3Optional: true };
  });
  const names = message.proto.nestedType.map(({ name }) => name);
  const nestedType = proto.nestedType.map((one, index) => {
    const nested = message.nestedMessages.find(({ name }) => name === names[index]);
    return messageAsProto3(nested, one);
  });
  return { ...proto, field, oneofDecl, nestedType };
}

/** Whether proto3 would call a field `optional`. */
function isMaybe(desc: DescField): boolean {
  const isSingle = desc.fieldKind === "scalar" || desc.fieldKind === "enum";
  return isSingle && !desc.oneof && desc.presence !== Presence.IMPLICIT;
}

/** What says how a field is written. */
function encoding(desc: DescField, { label, options }: FieldDescriptorProto): Partial<FieldDescriptorProto> {
  if (desc.fieldKind === "list" && desc.listKind !== "message") {
    return { options: { ...(options ?? create(FieldOptionsSchema)), packed: desc.packed } };
  }
  const once = label === Label.REQUIRED ? { label: Label.OPTIONAL } : {};
  // What is delimited is mended in the output: ts-proto knows groups only, and none of dates and the like.
  return desc.message ? { ...once, type: Type.MESSAGE } : once;
}

/** The comments of a file, with the defaults: ts-proto takes what it says of a field from where comments are kept. */
export function commentsWithDefaults(file: DescFile): SourceCodeInfo {
  const byPath = new Map(
    (file.proto.sourceCodeInfo?.location ?? []).map((location) => [location.path.join(), location]),
  );
  for (const type of nestedTypes(file)) {
    for (const field of type.kind === "message" ? type.fields : []) {
      const standard = defaultOf(field);
      if (standard === undefined || extensionOf(field)) continue;
      const path = [...sourcePath(field)];
      const known = byPath.get(path.join());
      const comment = known?.leadingComments || known?.trailingComments || "";
      const leadingComments = `${comment.trimEnd()}\n\n @default ${standard}`.trimStart();
      byPath.set(path.join(), create(SourceCodeInfo_LocationSchema, { path, leadingComments }));
    }
  }
  return create(SourceCodeInfoSchema, { location: [...byPath.values()] });
}

/** Leaves out the places that have no comments, as most have none. */
export function keepComments(info: SourceCodeInfo): void {
  info.location = info.location.filter(
    (one) => one.leadingComments || one.trailingComments || one.leadingDetachedComments.length > 0,
  );
}
