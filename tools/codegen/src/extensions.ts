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

/** What is extended there are options, which say something of contracts and are no part of messages that are sent. */
const optionPackages = new Set(["google.protobuf", "buf.validate"]);

const declared = new WeakMap<FieldDescriptorProto, DescExtension>();

/**
 * Makes the extensions of messages fields of them, so that no value of one is lost: to whoever knows the whole tree of
 * contracts they are nothing else. They are called as in JSON, `[pkg.name]`, which no field can be. No rule counts on them
 * or in them, as protovalidate looks at fields alone.
 */
export function addExtensions(files: Iterable<DescFile>): void {
  for (const file of files) {
    for (const type of nestedTypes(file)) {
      if (type.kind !== "extension" || optionPackages.has(type.extendee.file.proto.package)) continue;
      const field = fieldOf(type);
      // Descriptors are made for one run of a plugin and are read-only to everybody else.
      (type.extendee.fields as DescField[]).push(field);
      (type.extendee.members as DescField[]).push(field);
    }
  }
}

/** The extension that a field stands for. */
export function extensionOf(field: DescField): DescExtension | undefined {
  return declared.get(field.proto);
}

/** What stands in the .proto: a field may stand for an extension. */
export function declarationOf<T extends AnyDesc>(desc: T): T | DescExtension {
  return desc.kind === "field" ? (extensionOf(desc) ?? desc) : desc;
}

/** The descriptors of the fields that stand for extensions. */
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
  return { ...extension, ...own } as DescField; // An extension has all that a field has, but for these.
}
