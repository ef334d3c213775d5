import {
  type AnyDesc,
  create,
  type DescExtension,
  type DescField,
  type DescFile,
  setExtension,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { type FieldDescriptorProto, FieldDescriptorProtoSchema, FieldOptionsSchema } from "@bufbuild/protobuf/wkt";
import { FieldRulesSchema, field as fieldRules, Ignore } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** The packages whose messages are options of contracts. Their extensions are not part of messages that are sent. */
export const optionPackages = new Set(["google.protobuf", "buf.validate"]);

const declared = new WeakMap<FieldDescriptorProto, DescExtension>();

/**
 * Adds the extensions of a message to its fields, so that no value of an extension is lost. They have their name in
 * JSON, `[pkg.name]`, which no field can have. No rule applies to them or in them, because protovalidate checks only
 * fields.
 */
export function addExtensions(files: Iterable<DescFile>): void {
  for (const file of files) {
    for (const type of nestedTypes(file)) {
      if (type.kind !== "extension" || optionPackages.has(type.extendee.file.proto.package)) continue;
      const field = fieldOf(type);
      // Descriptors are created for one run of a plugin, and no other code changes them.
      (type.extendee.fields as DescField[]).push(field);
      (type.extendee.members as DescField[]).push(field);
    }
  }
}

/** Returns the extension that a field represents, if it is one. */
export function extensionOf(field: DescField): DescExtension | undefined {
  return declared.get(field.proto);
}

/** Returns the declaration in the .proto file: the extension, if the field represents one. */
export function declarationOf<T extends AnyDesc>(desc: T): T | DescExtension {
  return desc.kind === "field" ? (extensionOf(desc) ?? desc) : desc;
}

/** Returns the descriptors of the fields that represent extensions. */
export function extensionFields(fields: readonly DescField[]): FieldDescriptorProto[] {
  return fields.filter(extensionOf).map(({ proto }) => proto);
}

function fieldOf(extension: DescExtension): DescField {
  const { name, number, label, type, typeName, defaultValue } = extension.proto;
  const options = create(FieldOptionsSchema, { deprecated: extension.deprecated });
  setExtension(options, fieldRules, create(FieldRulesSchema, { ignore: Ignore.ALWAYS }));
  const proto = create(FieldDescriptorProtoSchema, { name, number, label, type, typeName, options });
  if (defaultValue !== "") proto.defaultValue = defaultValue;
  declared.set(proto, extension);
  const { jsonName } = extension;
  const own = { kind: "field", name: jsonName, localName: jsonName, parent: extension.extendee, proto } as const;
  return { ...extension, ...own } as DescField; // An extension has all properties of a field except these.
}
