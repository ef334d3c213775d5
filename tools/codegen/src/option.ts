import { type AnyDesc, create, type DescExtension, fromBinary, type Message } from "@bufbuild/protobuf";
import type { GenExtension } from "@bufbuild/protobuf/codegenv2";
import { BinaryReader } from "@bufbuild/protobuf/wire";

/** An option whose value is a message. */
type Option<T extends Message> = GenExtension<Message, T>;

const absent = new WeakMap<DescExtension, Message>();
const present = new WeakMap<object, Map<DescExtension, Message>>();

/**
 * Returns the value of an option of a declaration; a message without fields if the option is not set. Each is read once.
 * `getOption` of protobuf-es makes a message type for every call, which takes a tenth of a generation.
 */
export function optionOf<T extends Message>(desc: AnyDesc, option: Option<T>): T {
  return (readOption(desc, option) ?? emptyOf(option)) as T; // An extension has the type of its descriptor.
}

/** Returns the value of an option whose type is known only at run time; undefined if it is not set. */
export function readOption({ proto }: AnyDesc, option: DescExtension): Message | undefined {
  const { options } = proto;
  const parts = options?.$unknown?.filter(({ no }) => no === option.number) ?? [];
  if (!options || parts.length === 0 || options.$typeName !== option.extendee.typeName) return undefined;
  const known = present.get(options) ?? new Map<DescExtension, Message>();
  present.set(options, known);
  const value = known.get(option) ?? read(option, parts);
  known.set(option, value);
  return value;
}

function read(option: DescExtension, parts: readonly { readonly data: Uint8Array }[]): Message {
  // A message that occurs in parts has the fields of all of them, as if they were one.
  const bytes = Buffer.concat(parts.map(({ data }) => new BinaryReader(data).bytes()));
  return fromBinary(messageOf(option), bytes);
}

function emptyOf(option: DescExtension): Message {
  const value = absent.get(option) ?? create(messageOf(option));
  absent.set(option, value);
  return value;
}

function messageOf({ message, typeName }: DescExtension) {
  if (!message) throw new Error(`the option ${typeName} is not a message`);
  return message;
}
