import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { MessageType } from "@mesh/contracts";

/** What a reader has besides its declared methods. Source: @bufbuild/protobuf 2.17 */
interface Internals {
  buf: Uint8Array;
  len: number;
  pos: number;
  view: DataView | undefined;
  decodeUtf8(bytes: Uint8Array, strict?: boolean): string;
}

/** The longest text whose bytes are looked at one by one. */
const shortText = 256;

const empty = new Uint8Array();

/** Node declares no types for it. It reads a part of any Uint8Array. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice: (this: Uint8Array, start: number, end: number) => string;
};

/** A reader for one message after the other. Texts of ASCII, as most are, are read without a decoder. */
class PooledReader extends BinaryReader {
  /** How deep the message is that is read now. Generated code sets it; it is here so that a reader keeps its shape. */
  protected __tsProtoDecodeDepth = 0;

  /** Begins a message. */
  begin(bytes: Uint8Array): this {
    const own = this as unknown as Internals;
    own.buf = bytes;
    own.len = bytes.length;
    own.pos = 0;
    own.view = undefined;
    this.__tsProtoDecodeDepth = 0;
    return this;
  }

  /** A Uint8Array, also from a Buffer. */
  override bytes(): Uint8Array<ArrayBuffer> {
    const { buf } = this as unknown as Internals;
    const length = this.uint32();
    const start = this.pos;
    this.pos = within(start + length, this.len);
    return new Uint8Array(buf.buffer as ArrayBuffer, buf.byteOffset + start, length);
  }

  override string(strict?: boolean): string {
    const own = this as unknown as Internals;
    const { buf } = own;
    const length = this.uint32();
    const start = this.pos;
    const end = within(start + length, this.len);
    this.pos = end;
    if (length > shortText) return own.decodeUtf8(buf.subarray(start, end), strict);
    for (let at = start; at < end; at++) {
      if (Number(buf[at]) > 0x7f) return own.decodeUtf8(buf.subarray(start, end), strict);
    }
    return latin1Slice.call(buf, start, end);
  }

  override fixed32(): number {
    look(this);
    return super.fixed32();
  }

  override sfixed32(): number {
    look(this);
    return super.sfixed32();
  }

  override float(): number {
    look(this);
    return super.float();
  }

  override double(): number {
    look(this);
    return super.double();
  }
}

/** Returns the same bytes as a plain Uint8Array: reading from objects of two classes takes twice as long. */
function plain(bytes: Uint8Array): Uint8Array {
  return Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes;
}

/** Makes the view of the message, which few fields need. */
function look(reader: PooledReader): void {
  const own = reader as unknown as Internals;
  own.view ??= new DataView(own.buf.buffer, own.buf.byteOffset, own.buf.byteLength);
}

/** Returns the end of a field. @throws RangeError if the message ends before */
function within(end: number, length: number): number {
  if (end > length) throw new RangeError("premature EOF");
  return end;
}

const pooled = new PooledReader(empty);

/**
 * Reads a message in protobuf, with one reader for all messages, since decoding never waits. The values of `bytes` fields are
 * parts of the given bytes.
 *
 * @throws Error if the bytes are malformed
 */
export function decodePooled<T>(type: Pick<MessageType<T>, "decode">, bytes: Uint8Array): T {
  try {
    return type.decode(bytes, pooled.begin(plain(bytes)));
  } finally {
    pooled.begin(empty); // Keeps no message in memory.
  }
}
