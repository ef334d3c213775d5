import type { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import type { ZodType } from "zod";

/**
 * A message of a contract: its codec and its schema.
 *
 * @typeParam T the message after its rules were checked
 * @typeParam I the input: T without the fields whose default the rules accept
 */
export interface MessageType<T, I = T> {
  /** The full protobuf name, such as `orders.v1.Order`. */
  readonly typeName: string;
  /** Checks the contract's rules and fills in defaults. */
  readonly schema: ZodType<T, I>;
  /**
   * Writes protobuf. The message must be complete, as `schema` returns it.
   *
   * @param writer default: one that writes U+FFFD for half of a surrogate pair
   */
  encode(message: T, writer?: BinaryWriter): Uint8Array;
  /**
   * Reads protobuf without checking the rules. Throws if the bytes are malformed.
   *
   * @param reader default: one for these bytes. It must be at their beginning.
   */
  decode(bytes: Uint8Array, reader?: BinaryReader): T;
}

/** The codec that ts-proto generates for a message, as far as it is needed here. */
export interface Codec<T> {
  encode(message: T, writer?: BinaryWriter): { finish(): Uint8Array };
  decode(bytes: Uint8Array | BinaryReader): T;
}

/** Joins ts-proto's codec and the zod schema of a message; called by generated code. */
export function defineMessage<T, I>(typeName: string, codec: Codec<T>, schema: ZodType<T, I>): MessageType<T, I> {
  return {
    typeName,
    schema,
    encode: (message, writer) => codec.encode(message, writer).finish(),
    // From a Buffer, ts-proto would read `bytes` fields as Buffers too, contrary to the types.
    decode: ({ buffer, byteOffset, byteLength }, reader) =>
      codec.decode(reader ?? new Uint8Array(buffer, byteOffset, byteLength)),
  };
}
