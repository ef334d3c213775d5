import type { MessageType } from "@mesh/contracts";
import { decodePooled } from "../pooled-reader.ts";
import { encodePooled } from "../pooled-writer.ts";

/** How the streams of a transport carry messages. */
export interface MessageFormat {
  /** Returns what carries a message, which may change later. @throws Error if it can't be sent */
  write(type: MessageType<unknown>, message: unknown): unknown;
  /** Returns the message of what carries it. @throws Error if it is none */
  read(type: MessageType<unknown>, carried: unknown): unknown;
}

/** The bytes of protobuf. */
export const protobufFormat: MessageFormat = {
  // A copy, since it may be kept as long as the stream, with the buffer that it is a part of.
  write: (type, message) => encodePooled(type, message).slice(),
  // What the transports without a format of their own carry.
  read: (type, carried) => decodePooled(type, carried as Uint8Array),
};
