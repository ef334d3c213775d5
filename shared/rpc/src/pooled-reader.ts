import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { MessageType } from "@mesh/contracts";

/** What a reader has besides its declared methods. Source: @bufbuild/protobuf 2.17 */
interface Internals {
  buf: Uint8Array;
  len: number;
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
  readonly #own = this as unknown as Internals;
  #view: DataView | undefined;
  /** How deep the message is that is read now. Generated code sets it; it is here so that all readers have the same shape. */
  protected __tsProtoDecodeDepth = 0;

  constructor() {
    super(empty);
    // Few messages have a field that needs it.
    Object.defineProperty(this, "view", { get: () => this.#viewNow() });
  }

  /** Begins a message. */
  begin(bytes: Uint8Array): this {
    const own = this.#own;
    own.buf = bytes;
    own.len = bytes.length;
    this.pos = 0;
    this.#view = undefined;
    this.__tsProtoDecodeDepth = 0;
    return this;
  }

  /** Forgets the message. */
  end(): void {
    this.begin(empty);
  }

  /** A Uint8Array, also from a Buffer. */
  override bytes(): Uint8Array<ArrayBuffer> {
    const { buf } = this.#own;
    const length = this.#lengthOfField();
    return new Uint8Array(buf.buffer as ArrayBuffer, buf.byteOffset + this.pos - length, length);
  }

  override string(strict?: boolean): string {
    const own = this.#own;
    const { buf } = own;
    const length = this.#lengthOfField();
    const end = this.pos;
    const start = end - length;
    let isAscii = length <= shortText;
    for (let at = start; isAscii && at < end; at++) isAscii = (buf[at] ?? 0) < 0x80;
    return isAscii ? latin1Slice.call(buf, start, end) : own.decodeUtf8(buf.subarray(start, end), strict);
  }

  /** Reads the length of a field and goes to the end of it. */
  #lengthOfField(): number {
    const length = this.uint32();
    this.pos += length;
    if (this.pos > this.len) throw new RangeError("premature EOF");
    return length;
  }

  #viewNow(): DataView {
    const { buf } = this.#own;
    this.#view ??= new DataView(buf.buffer, buf.byteOffset, buf.byteLength);
    return this.#view;
  }
}

const pooled = new PooledReader();

/**
 * Reads a message in protobuf, with one reader for all messages, since decoding never waits. The values of `bytes` fields are
 * parts of the given bytes.
 *
 * @throws Error if the bytes are malformed
 */
export function decodePooled<T>(type: Pick<MessageType<T>, "decode">, bytes: Uint8Array): T {
  try {
    return type.decode(bytes, pooled.begin(bytes));
  } finally {
    pooled.end();
  }
}
