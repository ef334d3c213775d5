import type { DescEnum, DescFile, DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import type { DescriptorProto, EnumDescriptorProto, FileDescriptorProto } from "@bufbuild/protobuf/wkt";

/** A message or an enum. */
export type TypeDesc = DescMessage | DescEnum;

/** All messages of a file, nested ones included. */
export function messagesOf(file: DescFile): DescMessage[] {
  return [...nestedTypes(file)].filter((type) => type.kind === "message");
}

/** All messages and enums of a file, nested ones included. */
export function typesOf(file: DescFile): TypeDesc[] {
  return [...nestedTypes(file)].filter((type) => type.kind === "message" || type.kind === "enum");
}

/** The messages of a file with their descriptors in a copy, in which they may have other names. */
export function messagePairs(file: DescFile, copy: FileDescriptorProto): (readonly [DescMessage, DescriptorProto])[] {
  return file.messages.flatMap((message, index) => withNested(message, copy.messageType[index]));
}

/** The enums of a file with their descriptors in a copy. */
export function enumPairs(file: DescFile, copy: FileDescriptorProto): (readonly [DescEnum, EnumDescriptorProto])[] {
  const nested = messagePairs(file, copy).flatMap(([message, proto]) => pairs(message.nestedEnums, proto.enumType));
  return [...pairs(file.enums, copy.enumType), ...nested];
}

function withNested(
  message: DescMessage,
  proto: DescriptorProto | undefined,
): (readonly [DescMessage, DescriptorProto])[] {
  if (!proto) return [];
  // The entries of maps are messages in the descriptor only.
  const nested = proto.nestedType.filter(({ options }) => !options?.mapEntry);
  return [[message, proto], ...message.nestedMessages.flatMap((one, index) => withNested(one, nested[index]))];
}

/** Elements of two lists of the same order. */
export function pairs<A, B>(left: readonly A[], right: readonly B[]): (readonly [A, B])[] {
  return left.flatMap((one, index) => {
    const other = right[index];
    return other === undefined ? [] : [[one, other] as const];
  });
}
