import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { MessageType } from "@mesh/contracts";

/** What a writer has besides its declared methods. Source: @bufbuild/protobuf 2.17 */
interface Internals {
  readonly buffer?: Uint8Array;
  pos?: number;
  stackPos?: number[];
}

/**
 * A writer for one message after the other. It keeps its buffer, so that it grows only once, and returns each message as a
 * part of Node's pool of buffers: memory of its own costs as much as the rest of a small message.
 */
export class PooledWriter extends BinaryWriter {
  override finish(): Uint8Array<ArrayBuffer> {
    const own = this as unknown as Internals;
    const { buffer, pos } = own;
    if (!buffer || pos === undefined) return super.finish();
    const bytes = Buffer.allocUnsafe(pos);
    bytes.set(buffer.subarray(0, pos));
    own.pos = 0;
    own.stackPos = [];
    return bytes;
  }
}

const pooled = new PooledWriter();

/**
 * Writes a message in protobuf.
 *
 * @param writer default: one for all messages, since encoding never waits
 * @throws Error if a value does not fit its field
 */
export function encodePooled(type: MessageType<unknown>, message: unknown, writer: BinaryWriter = pooled): Uint8Array {
  try {
    return type.encode(message, writer);
  } catch (error) {
    writer.finish(); // Drops what was written.
    throw error;
  }
}
