import { BinaryReader } from "@bufbuild/protobuf/wire";
import { MeshError, type MessageType } from "@mesh/contracts";

/** What a reader has besides its declared methods. Source: @bufbuild/protobuf 2.17 */
interface Internals {
  buf: Uint8Array;
  len: number;
  pos: number;
  view: DataView | undefined;
  decodeUtf8(bytes: Uint8Array, strict?: boolean): string;
}

/**
 * The most messages that a request may have in it, with the entries of its maps and the values of its `bytes` fields. An empty one
 * takes two bytes, but may become an object of a kilobyte, and the rules copy it: a megabyte of them took 1 GB and many seconds.
 */
export const maxMessages = 16_384;

/** The longest text whose bytes are looked at one by one. */
const shortText = 256;

/**
 * The size of a message, in bytes, up to which all of it is read as one text, and its texts are parts of that: a call out of
 * JavaScript costs more than a short text. Who keeps one text keeps all bytes of the message, so it must be small.
 */
const shortMessage = 256;

const empty = new Uint8Array();

/** Node declares no types for it. It reads a part of any Uint8Array. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice: (this: Uint8Array, start: number, end: number) => string;
};

/** A reader for one message after the other. Texts of ASCII, as most are, are read without a decoder. */
export class PooledReader extends BinaryReader {
  #depth = 0;
  /** How often the depth may still be set: twice for each message. */
  #room = 0;
  /** The bytes of a short message as characters, once one of its texts is read. */
  #text = "";

  constructor() {
    super(empty);
  }

  /** How deep the message is that is read now. Generated code sets it when a message begins and when it ends. */
  protected get __tsProtoDecodeDepth(): number {
    return this.#depth;
  }

  protected set __tsProtoDecodeDepth(depth: number) {
    this.#take(1);
    this.#depth = depth;
  }

  /** Begins a message. @param messages the most messages that it may have in it */
  begin(bytes: Uint8Array, messages: number): this {
    const own = this as unknown as Internals;
    own.buf = plain(bytes);
    own.len = bytes.length;
    own.pos = 0;
    own.view = undefined;
    this.#depth = 0;
    this.#room = 2 * messages;
    this.#text = "";
    return this;
  }

  /** Forgets the message, which would stay in memory. */
  end(): void {
    const own = this as unknown as Internals;
    own.buf = empty;
    own.view = undefined;
    this.#text = "";
  }

  /** Counts a message. @throws MeshError RESOURCE_EXHAUSTED if there are too many */
  count(): void {
    this.#take(2);
  }

  #take(room: number): void {
    this.#room -= room;
    if (this.#room < 0) throw tooManyMessages;
  }

  /** A Uint8Array, also from a Buffer. */
  override bytes(): Uint8Array<ArrayBuffer> {
    this.#take(2);
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
    if (this.len > shortMessage) return latin1Slice.call(buf, start, end);
    if (this.#text === "") this.#text = latin1Slice.call(buf, 0, this.len);
    return this.#text.slice(start, end);
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

const pooled = new PooledReader();

const tooManyMessages = new MeshError({
  code: "RESOURCE_EXHAUSTED",
  message: `the message has over ${maxMessages} messages in it`,
});

/**
 * Reads a message in protobuf, with one reader for all messages, since decoding never waits. The values of `bytes` fields are
 * parts of the given bytes.
 *
 * @throws Error if the bytes are malformed
 */
export function decodePooled<T>(type: Decodable<T>, bytes: Uint8Array): T {
  return decode(type, bytes, Number.POSITIVE_INFINITY);
}

/**
 * Reads a message that a client has sent.
 *
 * @throws MeshError RESOURCE_EXHAUSTED if there are more messages in it than `maxMessages`
 * @throws MeshError INVALID_ARGUMENT if the bytes are malformed
 */
export function decodeReceived<T>(type: Decodable<T> & Pick<MessageType<T>, "typeName">, bytes: Uint8Array): T {
  try {
    return decode(type, bytes, maxMessages);
  } catch (cause) {
    throw unreadable(type.typeName, cause);
  }
}

/** Returns the error of a message that can't be read. @param cause why not */
export function unreadable(typeName: string, cause: unknown): MeshError {
  if (cause === tooManyMessages) return tooManyMessages;
  return new MeshError({ code: "INVALID_ARGUMENT", message: `these bytes are not a ${typeName}`, cause });
}

type Decodable<T> = Pick<MessageType<T>, "decode">;

function decode<T>(type: Decodable<T>, bytes: Uint8Array, messages: number): T {
  try {
    return type.decode(bytes, pooled.begin(bytes, messages));
  } finally {
    pooled.end();
  }
}
