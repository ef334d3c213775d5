import { type AnyDesc, create, type DescExtension, fromBinary, type Message } from "@bufbuild/protobuf";
import type { GenExtension } from "@bufbuild/protobuf/codegenv2";
import { BinaryReader } from "@bufbuild/protobuf/wire";

/** An option whose value is a message. */
type Option<T extends Message> = GenExtension<Message, T>;

const absent = new WeakMap<DescExtension, Message>();
/** The values of an option by their bytes. */
const equal = new WeakMap<DescExtension, Map<string, Message>>();
/** The values of an option by the options of the declaration; undefined if it is not set there. */
const present = new WeakMap<DescExtension, WeakMap<object, Message | undefined>>();

/**
 * Returns the value of an option of a declaration; a message without fields if the option is not set. Each is read once, and
 * must not be changed. `getOption` of protobuf-es makes a message type for every call, which takes a tenth of a generation.
 */
export function optionOf<T extends Message>(desc: AnyDesc, option: Option<T>): T {
  return (readOption(desc, option) ?? emptyOf(option)) as T; // An extension has the type of its descriptor.
}

/** Returns the value of an option whose type is known only at run time; undefined if it is not set. */
export function readOption({ proto }: AnyDesc, option: DescExtension): Message | undefined {
  const { options } = proto;
  if (!options?.$unknown || options.$typeName !== option.extendee.typeName) return undefined;
  // By the extension first: the options of an import live longer than the extensions of one job.
  const known = present.get(option) ?? new WeakMap<object, Message | undefined>();
  present.set(option, known);
  if (known.has(options)) return known.get(options);
  const parts = options.$unknown.filter(({ no }) => no === option.number);
  const value = parts.length > 0 ? read(option, parts) : undefined;
  known.set(options, value);
  return value;
}

/** Reads a value. Equal ones are one object: most contracts repeat a few rules. */
function read(option: DescExtension, parts: readonly { readonly data: Uint8Array }[]): Message {
  // A message that occurs in parts has the fields of all of them, as if they were one.
  const bytes = Buffer.concat(parts.map(({ data }) => new BinaryReader(data).bytes()));
  const known = equal.get(option) ?? new Map<string, Message>();
  equal.set(option, known);
  const key = bytes.toString("latin1");
  const value = known.get(key) ?? fromBinary(messageOf(option), bytes);
  known.set(key, value);
  return value;
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
