import { isFieldSet, type Registry } from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import {
  type DescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { inlineOptions } from "./print-options.ts";

/** The context of a field, on which its source depends besides its descriptor. */
export interface FieldScope {
  readonly registry: Registry;
  /** `proto2`, `proto3` or `editions`. */
  readonly syntax: string;
}

/** Writes a field or an extension: `repeated string ids = 1 [deprecated = true];`. */
export function printField(field: FieldDescriptorProto, scope: FieldScope, parent?: DescriptorProto): string {
  if (field.type === Type.GROUP) throw new Error(`${field.name} is a group, which can't be printed`);
  const entry = parent?.nestedType.find((type) => type.options?.mapEntry && field.typeName.endsWith(`.${type.name}`));
  const declaration = entry ? mapType(entry) : label(field, scope) + typeName(field);
  const options = inlineOptions(FieldOptionsSchema, field.options, scope.registry, [
    ...defaultSetting(field),
    ...jsonNameSetting(field),
  ]);
  return `${declaration} ${field.name} = ${field.number}${options};`;
}

function label(field: FieldDescriptorProto, { syntax }: FieldScope): string {
  if (field.label === Label.REPEATED) return "repeated ";
  if (oneofIndex(field) !== undefined) return "";
  if (field.proto3Optional) return "optional ";
  if (syntax !== "proto2") return "";
  return field.label === Label.REQUIRED ? "required " : "optional ";
}

/** Returns the index of the oneof that contains a field in the source. A proto3 optional field is in none. */
export function oneofIndex(field: FieldDescriptorProto): number | undefined {
  const declared = isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex) && !field.proto3Optional;
  return declared ? field.oneofIndex : undefined;
}

function typeName(field: FieldDescriptorProto): string {
  return field.typeName || (Type[field.type] ?? "").toLowerCase();
}

function mapType({ field: [key, value] }: DescriptorProto): string {
  if (!key || !value) throw new Error("a map entry has no key or no value");
  return `map<${typeName(key)}, ${typeName(value)}>`;
}

function defaultSetting(field: FieldDescriptorProto): string[] {
  const value = field.defaultValue;
  if (!value) return [];
  if (field.type === Type.STRING) return [`default = ${JSON.stringify(value)}`];
  // In the descriptor, the default of bytes is escaped as in the source.
  return [`default = ${field.type === Type.BYTES ? `"${value}"` : value}`];
}

function jsonNameSetting({ jsonName, name }: FieldDescriptorProto): string[] {
  // The shipped descriptors omit names that are equal to the default.
  return jsonName && jsonName !== protoCamelCase(name) ? [`json_name = ${JSON.stringify(jsonName)}`] : [];
}
