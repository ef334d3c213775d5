import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { DescriptorProto, FieldDescriptorProto } from "@bufbuild/protobuf/wkt";
import { fieldKey, ownName, typeName } from "../../names.ts";
import { enumPairs, messagePairs, pairs, type TypeDesc } from "../declared.ts";
import type { Patch } from "../patch.ts";

/**
 * Gives everything in the descriptor the name that it has in TypeScript. ts-proto gives the same name to a message `A_B`
 * and to `B` declared in `A`, and the same key to the fields `foo_bar` and `fooBar`. With the options `snakeToCamel=json`
 * and `useJsonName` it prints the names of the descriptor.
 */
export const names: Patch = {
  descriptor(copy, file) {
    // They print nothing, and refer to types by the old names.
    copy.service = [];
    copy.extension = [];
    // Before anything is renamed, as the pairs are found by position.
    const messages = messagePairs(file, copy);
    for (const [desc, proto] of enumPairs(file, copy)) proto.name = partOfName(desc);
    for (const [desc, proto] of messages) renameMessage(desc, proto);
  },
};

/** The full name of a type in the patched descriptors: `.orders.v1.OrderStep.Placed`. */
export function newFullName(desc: TypeDesc): string {
  if (desc.parent) return `${newFullName(desc.parent)}.${partOfName(desc)}`;
  const { package: packageName } = desc.file.proto;
  return packageName === "" ? `.${partOfName(desc)}` : `.${packageName}.${partOfName(desc)}`;
}

function partOfName(desc: TypeDesc): string {
  return desc.parent ? ownName(desc) : typeName(desc);
}

function renameMessage(desc: DescMessage, proto: DescriptorProto): void {
  proto.name = partOfName(desc);
  proto.extension = [];
  for (const [oneof, one] of pairs(desc.oneofs, proto.oneofDecl)) one.name = fieldKey(oneof);
  const fields = new Map(desc.fields.map((field) => [field.number, field]));
  for (const one of proto.field) {
    const field = fields.get(one.number);
    if (field) renameField(field, one, proto.nestedType);
  }
}

function renameField(field: DescField, proto: FieldDescriptorProto, nested: readonly DescriptorProto[]): void {
  proto.name = fieldKey(field);
  proto.jsonName = proto.name;
  const type = field.message ?? field.enum;
  if (field.fieldKind !== "map") {
    if (type) proto.typeName = newFullName(type);
    return;
  }
  const entryName = proto.typeName.slice(proto.typeName.lastIndexOf(".") + 1);
  proto.typeName = `${newFullName(field.parent)}.${entryName}`;
  const value = nested.find(({ name }) => name === entryName)?.field.find(({ number }) => number === 2);
  if (type && value) value.typeName = newFullName(type);
}
