import { Metadata } from "@grpc/grpc-js";
import type { HeaderValue, ResponseHeaders } from "@mesh/contracts";
import { toBuffer } from "./message-stream.ts";

/** What gets the headers and the trailers of a response. Both must be synchronous. */
export interface HeaderListeners {
  readonly onHeaders?: (headers: ResponseHeaders) => void;
  readonly onTrailers?: (trailers: ResponseHeaders) => void;
}

/** The headers of a call, with names in small letters. */
export type OutgoingHeaders = Readonly<Record<string, HeaderValue>>;

/** The most bytes of the headers of a call, counted as HTTP/2 does (RFC 9113, 6.5.2). */
export const maxHeaderBytes = 16 * 1024;

/** The most bytes of the headers, and of the trailers, that a handler may set, counted as HTTP/2 does (RFC 9113, 6.5.2). */
const maxBytes = 4 * 1024;

/** The headers that gRPC, HTTP/2 or the mesh set themselves. */
const reserved =
  /^(:|grpc-|mesh-|content-|proxy-|(te|date|host|traceparent|tracestate|connection|keep-alive|transfer-encoding|upgrade|http2-settings)$)/i;

const printable = /^[ -~]*$/;

/** Headers that a handler sets. */
export class BoundedHeaders {
  readonly metadata = new Metadata();
  /** Their size. */
  bytes = 0;
  readonly #kind: string;

  /** @param kind the name of the headers in messages */
  constructor(kind: "headers" | "trailers") {
    this.#kind = kind;
  }

  /** Sets a header. @throws Error if gRPC does not allow it or there is no room for it */
  set(name: string, value: HeaderValue): void {
    if (reserved.test(name)) throw new Error(`${name} can't be set: gRPC, HTTP/2 or the mesh sets it`);
    const old = this.metadata.get(name)[0];
    const bytes = this.bytes - (old === undefined ? 0 : sizeOf(name, old)) + sizeOf(name, value);
    if (bytes > maxBytes) throw new Error(`${name} can't be set: ${bytes} bytes of ${this.#kind} are over ${maxBytes}`);
    this.metadata.set(name, toMetadataValue(value));
    this.bytes = bytes;
  }
}

/**
 * Returns a header as grpc-js takes it, which checks its name and its value. Spaces around a text are removed, as the gRPC
 * protocol allows: nghttp2 would drop the whole header.
 */
export function toMetadataValue(value: HeaderValue): string | Buffer {
  if (typeof value !== "string") return toBuffer(value);
  return printable.test(value) ? value.trim() : value;
}

const legalName = /^[0-9a-z_.-]+$/;
const legalText = /^[!-~](?:[ -~]*[!-~])?$/;

/** Returns whether a header is a text that gRPC allows and does not change. */
export function isPlain(name: string, value: HeaderValue): value is string {
  return typeof value === "string" && legalName.test(name) && !name.endsWith("-bin") && legalText.test(value);
}

/** Returns headers as grpc-js takes them. @throws Error if it does not allow one */
export function toMetadata(headers: OutgoingHeaders): Metadata {
  const metadata = new Metadata();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) metadata.set(name, toMetadataValue(value));
  }
  return metadata;
}

/** Returns the first value of a header; undefined: there is none. */
export function firstValue<Name extends string>(metadata: Metadata, name: Name): HeaderValue<Name> | undefined {
  const [value] = metadata.get(name);
  // grpc-js returns a Buffer if and only if the name ends in -bin.
  return (typeof value === "object" ? new Uint8Array(value) : value) as HeaderValue<Name> | undefined;
}

/** Returns the size of all headers in bytes, as HTTP/2 counts it. */
export function metadataBytes(metadata: Metadata): number {
  let bytes = 0;
  for (const [name, values] of Object.entries(metadata.toHttp2Headers())) {
    for (const value of Array.isArray(values) ? values : [`${values}`])
      bytes += name.length + value.length + headerOverhead;
  }
  return bytes;
}

/** Returns the headers of a response as its caller gets them. */
export function responseHeaders(metadata: Metadata): ResponseHeaders {
  return { get: (name) => firstValue(metadata, name) };
}

/** What a header counts besides its name and its value, in bytes (RFC 9113, 6.5.2). */
export const headerOverhead = 32;

/** Returns the size of a header in bytes, as HTTP/2 counts it (RFC 9113, 6.5.2). */
export function sizeOf(name: string, value: HeaderValue): number {
  const length = typeof value === "string" ? value.length : Math.ceil(value.length / 3) * 4;
  return name.length + length + headerOverhead;
}
