import { clone, type DescEnum, type DescFile, type DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { extensionFields } from "../extensions.ts";
import { fieldKey, ownName, typeName } from "../names.ts";
import { withoutComments } from "../source-info.ts";

/**
 * Descriptors in which everything is called as in TypeScript, so that ts-proto has nothing to name, and no two things
 * come to one name. Bytes do not know names; ts-proto makes nothing but types and codecs. Comments are left out, which
 * weigh more than all else.
 */
export function renamedFiles(files: readonly DescFile[]): FileDescriptorProto[] {
  const names = new Map(files.flatMap((file) => typesOf(file).map((desc) => [`.${desc.typeName}`, newFullName(desc)])));
  return files.map((file) => renamedFile(file, names));
}

/** All messages and enums of a file, nested ones included. */
export function typesOf(file: DescFile): (DescMessage | DescEnum)[] {
  return [...nestedTypes(file)].filter((type) => type.kind === "message" || type.kind === "enum");
}

/** `.orders.v1.OrderStep.Placed`, in the new names. */
export function newFullName(desc: DescMessage | DescEnum): string {
  if (desc.parent) return `${newFullName(desc.parent)}.${newName(desc)}`;
  const { package: packageName } = desc.file.proto;
  return packageName === "" ? `.${newName(desc)}` : `.${packageName}.${newName(desc)}`;
}

function newName(desc: DescMessage | DescEnum): string {
  return desc.parent ? ownName(desc) : typeName(desc);
}

function renamedFile(file: DescFile, names: ReadonlyMap<string, string>): FileDescriptorProto {
  const proto = clone(FileDescriptorProtoSchema, withoutComments(file.proto));
  renameDeclared(file.messages, proto.messageType, file.enums, proto.enumType, names);
  for (const extension of proto.extension) renameTypes(extension, names);
  for (const { method } of proto.service) {
    for (const rpc of method) {
      rpc.inputType = newType(rpc.inputType, names);
      rpc.outputType = newType(rpc.outputType, names);
    }
  }
  return proto;
}

function renameDeclared(
  messages: readonly DescMessage[],
  messageProtos: readonly DescriptorProto[],
  enums: readonly DescEnum[],
  enumProtos: readonly EnumDescriptorProto[],
  names: ReadonlyMap<string, string>,
): void {
  for (const [desc, proto] of pairs(messages, messageProtos)) renameMessage(desc, proto, names);
  for (const [desc, proto] of pairs(enums, enumProtos)) proto.name = newName(desc);
}

function renameMessage(desc: DescMessage, proto: DescriptorProto, names: ReadonlyMap<string, string>): void {
  const nested = proto.nestedType.filter(({ options }) => !options?.mapEntry);
  renameDeclared(desc.nestedMessages, nested, desc.nestedEnums, proto.enumType, names);
  proto.field.push(...extensionFields(desc.fields).map((field) => clone(FieldDescriptorProtoSchema, field)));
  const keys = new Map(desc.fields.map((field) => [field.number, fieldKey(field)]));
  for (const field of proto.field) {
    field.name = keys.get(field.number) ?? field.name;
    renameTypes(field, names);
  }
  for (const entry of proto.nestedType) for (const field of entry.field) renameTypes(field, names);
  for (const extension of proto.extension) renameTypes(extension, names);
  // Those that stand for `optional` come last, and have no name in TypeScript.
  for (const [oneof, one] of pairs(desc.oneofs, proto.oneofDecl)) one.name = fieldKey(oneof);
  proto.name = newName(desc);
}

function renameTypes(field: FieldDescriptorProto, names: ReadonlyMap<string, string>): void {
  field.typeName = newType(field.typeName, names);
  field.extendee = newType(field.extendee, names);
}

/** The entries of a map are no types of the contract, but nested in one. */
function newType(type: string, names: ReadonlyMap<string, string>): string {
  const dot = type.lastIndexOf(".");
  const parent = names.get(type.slice(0, Math.max(dot, 0)));
  return names.get(type) ?? (parent ? parent + type.slice(dot) : type);
}

/** What is described and its descriptor, by their place: names change meanwhile. */
function pairs<D, P>(descs: readonly D[], protos: readonly P[]): (readonly [D, P])[] {
  return descs.flatMap((desc, index) => {
    const proto = protos[index];
    return proto ? [[desc, proto] as const] : [];
  });
}
