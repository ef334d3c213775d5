import {
  clone,
  create,
  createFileRegistry,
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  type FileRegistry,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  FieldOptionsSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
  FileOptionsSchema,
  MessageOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { extensionOf } from "../extensions.ts";
import { fieldKey } from "../names.ts";
import { ruleValueFiles } from "./predefined.ts";

/** Returns the types that the expressions of a file can use, without services, comments and rules. */
export function celDescriptors(file: DescFile): FileDescriptorSet {
  const known = new Map<DescFile, FileDescriptorProto>();
  for (const one of [file, ...ruleValueFiles(file)]) collect(one, known);
  return create(FileDescriptorSetSchema, { file: [...known.values()] });
}

/** Returns the same types as a registry, made once for each file. */
export function celRegistry(file: DescFile): FileRegistry {
  const made = registries.get(file) ?? createFileRegistry(celDescriptors(file));
  registries.set(file, made);
  return made;
}

const registries = new WeakMap<DescFile, FileRegistry>();

/** Collects a file after the files that it needs. */
function collect(file: DescFile, known: Map<DescFile, FileDescriptorProto>, entered = new Set<DescFile>()): void {
  if (entered.has(file)) return;
  entered.add(file);
  const needed = neededFiles(file);
  for (const other of needed) collect(other, known, entered);
  known.set(file, bareFile(file, needed));
}

function neededFiles(file: DescFile): DescFile[] {
  const messages = messagesIn(file);
  const types = messages.flatMap(({ fields }) => fields.flatMap((field) => typeOf(field) ?? []));
  return [...new Set(types.map((type) => type.file))].filter((other) => other !== file);
}

/** Returns the message or enum of a field; undefined for extensions, which expressions can't see. */
function typeOf(field: DescField): DescMessage | DescEnum | undefined {
  return extensionOf(field) ? undefined : (field.message ?? field.enum);
}

function messagesIn(file: DescFile): DescMessage[] {
  return [...nestedTypes(file)].filter((type) => type.kind === "message");
}

function bareFile(file: DescFile, needed: readonly DescFile[]): FileDescriptorProto {
  const { name, package: packageName, syntax, edition, options } = file.proto;
  const features = options?.features;
  return create(FileDescriptorProtoSchema, {
    name,
    package: packageName,
    syntax,
    edition,
    dependency: needed.map(({ proto }) => proto.name),
    enumType: file.proto.enumType.map(bareEnum),
    messageType: file.messages.map(bareMessage),
    ...(features && { options: create(FileOptionsSchema, { features }) }),
  });
}

function bareEnum({ options: _, ...proto }: EnumDescriptorProto): EnumDescriptorProto {
  return { ...proto, value: proto.value.map(({ options: __, ...value }) => value) };
}

/** Returns a message without rules. Fields and oneofs have their names in TypeScript, to read values by them. */
function bareMessage(message: DescMessage): DescriptorProto {
  const proto = clone(DescriptorProtoSchema, message.proto);
  const features = proto.options?.features;
  const isEntry = proto.options?.mapEntry ?? false;
  delete proto.options;
  if (isEntry || features) {
    proto.options = create(MessageOptionsSchema, { mapEntry: isEntry, ...(features && { features }) });
  }
  proto.extension = [];
  proto.enumType = proto.enumType.map(bareEnum);
  proto.field = proto.field.map((field) => bareField(field, message.fields));
  for (const oneof of message.oneofs) rename(proto, oneof.name, fieldKey(oneof));
  const entries = proto.nestedType.filter((nested) => nested.options?.mapEntry);
  proto.nestedType = [...entries, ...message.nestedMessages.map(bareMessage)];
  return proto;
}

function bareField({ options, ...field }: FieldDescriptorProto, fields: readonly DescField[]): FieldDescriptorProto {
  const desc = fields.find(({ number }) => number === field.number);
  const features = options?.features;
  return {
    ...field,
    ...(desc && { jsonName: fieldKey(desc) }),
    ...(features && { options: create(FieldOptionsSchema, { features }) }),
  };
}

function rename(proto: DescriptorProto, name: string, key: string): void {
  for (const oneof of proto.oneofDecl) if (oneof.name === name) oneof.name = key;
}
