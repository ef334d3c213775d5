import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { MessageType } from "@mesh/contracts";

/** What a writer has besides its declared methods. Source: @bufbuild/protobuf 2.17 */
interface Internals {
  buffer: Uint8Array<ArrayBuffer>;
  viewCache: DataView;
  pos: number;
  stackPos: number[];
  ensureCapacity(bytes: number): void;
}

/** The size of a buffer that messages share, and how much of it must be left for a further message, in bytes. */
const sharedBytes = 64 * 1024;
const leastLeft = 16 * 1024;

/** The longest text that is copied character by character, in UTF-16 code units. Its length takes one byte. */
const shortText = 127;

/**
 * A writer for one message after the other, each of which is a part of a shared buffer: memory of its own costs as much as
 * the rest of a small message.
 */
export class PooledWriter extends BinaryWriter {
  readonly #own = this as unknown as Internals;
  /** Where the message begins. */
  #start = 0;

  constructor() {
    super();
    this.#renew();
  }

  override finish(): Uint8Array<ArrayBuffer> {
    const own = this.#own;
    const { buffer, pos } = own;
    const bytes = new Uint8Array(buffer.buffer, this.#start, pos - this.#start);
    if (own.stackPos.length > 0) own.stackPos = [];
    // A large message has made it grow.
    if (buffer.length > sharedBytes || buffer.length - pos < leastLeft) this.#renew();
    else this.#start = pos;
    return bytes;
  }

  override uint32(value: number): this {
    if (value > 0x7f || value >>> 0 !== value) return super.uint32(value);
    const own = this.#own;
    own.ensureCapacity(1);
    own.buffer[own.pos] = value;
    own.pos += 1;
    return this;
  }

  override string(value: string): this {
    const { length } = value;
    if (length > shortText) return super.string(value);
    const own = this.#own;
    own.ensureCapacity(length + 1);
    const { buffer, pos } = own;
    buffer[pos] = length;
    for (let at = 0; at < length; at++) {
      const unit = value.charCodeAt(at);
      if (unit > 0x7f) return super.string(value);
      buffer[pos + 1 + at] = unit;
    }
    own.pos = pos + 1 + length;
    return this;
  }

  #renew(): void {
    const own = this.#own;
    own.buffer = new Uint8Array(Buffer.allocUnsafeSlow(sharedBytes).buffer);
    own.viewCache = new DataView(own.buffer.buffer);
    own.pos = 0;
    this.#start = 0;
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
