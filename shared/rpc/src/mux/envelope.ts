// Reads the messages of mesh.v1.Mux as the generated code does, for less: most calls have no headers, and nothing asks for the
// text of their trace.
import type { MuxHeader, MuxRequest, MuxResponse, MuxResponses } from "@mesh/contracts/protocols/mesh/v1/index";
import { isUnsampled } from "@mesh/runtime";
import { maxMessages, PooledReader, unreadable } from "../pooled-reader.ts";

/** What was read of a `mesh.v1.MuxRequests`. */
export interface ReceivedRequests {
  readonly calls: readonly ReceivedRequest[];
  readonly cancelled: readonly number[];
}

const noHeaders: MuxHeader[] = [];
const noBytes = new Uint8Array();

/** The length of a header `traceparent`. */
const traceLength = 55;

/** A call that was read. */
export class ReceivedRequest implements MuxRequest {
  id = 0;
  method = 0;
  path = "";
  timeoutMs = 0;
  headers = noHeaders;
  signer = 0;
  signerText = "";
  message: Uint8Array = noBytes;
  traceBytes: Uint8Array = noBytes;

  /** The header `traceparent`; empty: there is none, or it can't be valid. */
  get trace(): string {
    const { traceBytes } = this;
    if (traceBytes.length !== traceLength) return "";
    return String.fromCharCode(...traceBytes);
  }

  /** Whether the trace says that it is not sampled. */
  get isUnsampled(): boolean {
    return isUnsampled(this.traceBytes);
  }
}

const reader = new PooledReader();

/**
 * Reads a `mesh.v1.MuxRequests`, without copying its bytes.
 *
 * @throws MeshError RESOURCE_EXHAUSTED if there are more messages in it than `maxMessages`
 * @throws MeshError INVALID_ARGUMENT if it is malformed
 */
export function decodeRequests(bytes: Uint8Array): ReceivedRequests {
  try {
    return reading(bytes, maxMessages, readRequests);
  } catch (cause) {
    throw unreadable("mesh.v1.MuxRequests", cause);
  }
}

/** Reads a `mesh.v1.MuxResponses`, without copying its bytes. @throws Error if it is malformed */
export function decodeResponses(bytes: Uint8Array): MuxResponses {
  return reading(bytes, Number.POSITIVE_INFINITY, readResponses);
}

function reading<T>(bytes: Uint8Array, messages: number, read: () => T): T {
  try {
    reader.begin(bytes, messages);
    return read();
  } finally {
    reader.end();
  }
}

// The numbers below are tags: the number of a field in mux.proto times 8, plus the type of its value on the wire.

function readRequests(): ReceivedRequests {
  const calls: ReceivedRequest[] = [];
  const cancelled: number[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 10) calls.push(readRequest(endOfField()));
    else if (tag === 16 || tag === 18) readNumbers(tag, cancelled);
    else skip(tag);
  }
  return { calls, cancelled };
}

function readRequest(end: number): ReceivedRequest {
  reader.count();
  const request = new ReceivedRequest();
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        request.id = reader.uint32();
        break;
      case 16:
        request.method = reader.uint32();
        break;
      case 26:
        request.path = reader.string(true);
        break;
      case 32:
        request.timeoutMs = reader.uint32();
        break;
      case 42:
        request.traceBytes = reader.bytes();
        break;
      case 50:
        request.headers = withHeader(request.headers);
        break;
      case 56:
        request.signer = reader.uint32();
        break;
      case 66:
        request.signerText = reader.string(true);
        break;
      case 122:
        request.message = reader.bytes();
        break;
      default:
        skip(tag);
    }
  }
  atEnd(end);
  return request;
}

function readResponses(): MuxResponses {
  const results: MuxResponse[] = [];
  const rejected: number[] = [];
  let draining = false;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 10) results.push(readResponse(endOfField()));
    else if (tag === 16) draining = reader.bool();
    else if (tag === 24 || tag === 26) readNumbers(tag, rejected);
    else skip(tag);
  }
  return { results, draining, rejected };
}

function readResponse(end: number): MuxResponse {
  const response: MuxResponse = {
    id: 0,
    message: noBytes,
    more: false,
    code: 0,
    text: "",
    headers: noHeaders,
    trailers: noHeaders,
    refused: false,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        response.id = reader.uint32();
        break;
      case 18:
        response.message = reader.bytes();
        break;
      case 24:
        response.more = reader.bool();
        break;
      case 32:
        response.code = reader.uint32();
        break;
      case 42:
        response.text = reader.string(true);
        break;
      case 50:
        response.headers = withHeader(response.headers);
        break;
      case 58:
        response.trailers = withHeader(response.trailers);
        break;
      case 64:
        response.refused = reader.bool();
        break;
      default:
        skip(tag);
    }
  }
  atEnd(end);
  return response;
}

function readHeader(end: number): MuxHeader {
  reader.count();
  const header: MuxHeader = { name: "", value: undefined };
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) header.name = reader.string(true);
    else if (tag === 18) header.value = { $case: "text", value: reader.string(true) };
    else if (tag === 26) header.value = { $case: "binary", value: reader.bytes() };
    else skip(tag);
  }
  atEnd(end);
  return header;
}

/** Adds the header that comes next. The list of a call without headers is shared. */
function withHeader(headers: MuxHeader[]): MuxHeader[] {
  const own = headers === noHeaders ? [] : headers;
  own.push(readHeader(endOfField()));
  return own;
}

/** Reads a number, or a list of them. */
function readNumbers(tag: number, into: number[]): void {
  if ((tag & 7) === 0) {
    into.push(reader.uint32());
    return;
  }
  const end = endOfField();
  while (reader.pos < end) into.push(reader.uint32());
  atEnd(end);
}

/** Reads the length of a field. Returns where the field ends. */
function endOfField(): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError("premature EOF");
  return end;
}

/** Checks that the last field of a message is as long as the message says. */
function atEnd(end: number): void {
  if (reader.pos !== end) throw new RangeError("a field is longer than its message");
}

/** Skips a field that is not known. */
function skip(tag: number): void {
  if (tag >>> 3 === 0 || (tag & 7) === 4) throw new Error(`illegal tag ${tag}`);
  reader.skip(tag & 7, tag >>> 3);
}
