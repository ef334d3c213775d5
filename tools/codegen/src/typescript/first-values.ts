import type { DescriptorProto, EnumDescriptorProto, FileDescriptorProto } from "@bufbuild/protobuf/wkt";

/**
 * A file whose enums have their first value only, for ts-proto to look defaults up in: it prefers a value that is 0 over
 * the first, and would not write such a one in a map, from where others then read the first.
 */
export function firstValues(file: FileDescriptorProto): FileDescriptorProto {
  return { ...file, enumType: file.enumType.map(firstValue), messageType: file.messageType.map(inMessage) };
}

function inMessage(message: DescriptorProto): DescriptorProto {
  return { ...message, enumType: message.enumType.map(firstValue), nestedType: message.nestedType.map(inMessage) };
}

function firstValue(type: EnumDescriptorProto): EnumDescriptorProto {
  return { ...type, value: type.value.slice(0, 1) };
}
