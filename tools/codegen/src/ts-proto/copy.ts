import type {
  DescriptorProto,
  EnumDescriptorProto,
  FieldDescriptorProto,
  FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";

/**
 * Returns a copy of a file in which messages, enums and fields can be changed. Values of enums, services and extensions are
 * shared with the file: to copy everything takes as long as to print the code of messages.
 */
export function copyOf(file: FileDescriptorProto): FileDescriptorProto {
  return shallow(file, { messageType: file.messageType.map(copyMessage), enumType: file.enumType.map(copyEnum) });
}

function copyMessage(message: DescriptorProto): DescriptorProto {
  return shallow(message, {
    field: message.field.map(copyField),
    oneofDecl: message.oneofDecl.map((oneof) => shallow(oneof, {})),
    nestedType: message.nestedType.map(copyMessage),
    enumType: message.enumType.map(copyEnum),
  });
}

function copyField(field: FieldDescriptorProto): FieldDescriptorProto {
  return shallow(field, field.options ? { options: shallow(field.options, {}) } : {});
}

function copyEnum(one: EnumDescriptorProto): EnumDescriptorProto {
  return shallow(one, {});
}

/** Copies an object with some changes. Defaults of descriptors are in their prototypes. */
function shallow<T extends object>(source: T, changes: Partial<T>): T {
  return Object.assign(Object.create(Object.getPrototypeOf(source)), source, changes);
}
