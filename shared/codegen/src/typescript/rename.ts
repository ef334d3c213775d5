import { clone, type DescEnum, type DescFile, type DescMessage, type FileRegistry } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import {
  type DescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { extensionFields } from "../extensions.ts";
import { fieldKey, ownName, typeName } from "../names.ts";

/**
 * Descriptors in which everything is called as in TypeScript, so that ts-proto has nothing to name, and no two things
 * come to one name. Bytes do not know names; ts-proto makes nothing but types and codecs.
 */
export function renamedFiles(registry: FileRegistry): FileDescriptorProto[] {
  const files = [...registry.files];
  const names = new Map(
    files.flatMap((file) => [...typesOf(file)].map((desc) => [`.${desc.typeName}`, fullName(desc)])),
  );
  return files.map((file) => renamedFile(file, names));
}

function typesOf(file: DescFile): (DescMessage | DescEnum)[] {
  return [...nestedTypes(file)].filter((type) => type.kind === "message" || type.kind === "enum");
}

/** `.orders.v1.OrderStep.Placed`, in the new names. */
function fullName(desc: DescMessage | DescEnum): string {
  if (desc.parent) return `${fullName(desc.parent)}.${newName(desc)}`;
  const { package: packageName } = desc.file.proto;
  return packageName === "" ? `.${newName(desc)}` : `.${packageName}.${newName(desc)}`;
}

function newName(desc: DescMessage | DescEnum): string {
  return desc.parent ? ownName(desc) : typeName(desc);
}

function renamedFile(file: DescFile, names: ReadonlyMap<string, string>): FileDescriptorProto {
  const proto = clone(FileDescriptorProtoSchema, file.proto);
  for (const desc of file.messages) renameMessage(desc, find(proto.messageType, desc), names);
  for (const desc of file.enums) find(proto.enumType, desc).name = newName(desc);
  for (const extension of proto.extension) renameTypes(extension, names);
  for (const { method } of proto.service) {
    for (const rpc of method) {
      rpc.inputType = newType(rpc.inputType, names);
      rpc.outputType = newType(rpc.outputType, names);
    }
  }
  return proto;
}

function renameMessage(desc: DescMessage, proto: DescriptorProto, names: ReadonlyMap<string, string>): void {
  for (const nested of desc.nestedMessages) renameMessage(nested, find(proto.nestedType, nested), names);
  for (const nested of desc.nestedEnums) find(proto.enumType, nested).name = newName(nested);
  proto.field.push(...extensionFields(desc.fields).map((field) => clone(FieldDescriptorProtoSchema, field)));
  const keys = new Map(desc.fields.map((field) => [field.number, fieldKey(field)]));
  for (const field of proto.field) {
    field.name = keys.get(field.number) ?? field.name;
    renameTypes(field, names);
  }
  for (const entry of proto.nestedType) for (const field of entry.field) renameTypes(field, names);
  for (const extension of proto.extension) renameTypes(extension, names);
  for (const oneof of desc.oneofs) find(proto.oneofDecl, oneof).name = fieldKey(oneof);
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

function find<T extends { name: string }>(protos: readonly T[], desc: { readonly name: string }): T {
  const found = protos.find(({ name }) => name === desc.name);
  if (!found) throw new Error(`${desc.name} is not in its own descriptor`);
  return found;
}
