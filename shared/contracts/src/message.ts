import type { ZodType } from "zod";

/**
 * A message of a contract: its bytes and its rules.
 *
 * @typeParam T what it is once its rules were checked
 * @typeParam I what a caller may give: T without the fields whose default the rules accept
 */
export interface MessageType<T, I = T> {
  /** The full protobuf name, such as `orders.v1.Order`. */
  readonly typeName: string;
  /** Checks the contract's rules and fills in defaults. */
  readonly schema: ZodType<T, I>;
  /** Writes protobuf. The message must be complete: `schema` makes it so. */
  encode(message: T): Uint8Array;
  /** Reads protobuf without checking the rules; throws on malformed bytes. */
  decode(bytes: Uint8Array): T;
}

/** What ts-proto generates for a message, as far as it is needed here. */
export interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** Called by generated code: joins ts-proto's codec and the zod schema of a message. */
export function defineMessage<T, I>(typeName: string, codec: Codec<T>, schema: ZodType<T, I>): MessageType<T, I> {
  return {
    typeName,
    schema,
    encode: (message) => codec.encode(message).finish(),
    // On Node a Buffer may come in; its `bytes` fields would be Buffers too, and not what the types say.
    decode: ({ buffer, byteOffset, byteLength }) => codec.decode(new Uint8Array(buffer, byteOffset, byteLength)),
  };
}
