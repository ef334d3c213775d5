import type { Metadata } from "@grpc/grpc-js";
import type { HeaderValue, ResponseHeaders } from "@mesh/contracts";
import type { MuxHeader } from "@mesh/contracts/protocols/mesh/v1/index";
import { traceHeader } from "@mesh/runtime";
import { isPlain, type OutgoingHeaders, sizeOf, toMetadata } from "../headers.ts";
import { signerHeader } from "../tokens/token-headers.ts";

/** No headers. Nothing is added to it. */
const none: MuxHeader[] = [];

/** Returns headers as a message carries them, without those that it has fields for: the trace, and the signer of the token. @throws Error if gRPC does not allow one */
export function toMuxHeaders(headers: OutgoingHeaders): MuxHeader[] {
  let list = none;
  for (const name in headers) {
    const value = headers[name];
    // Who reads a trace checks it.
    if (value === undefined || name === traceHeader) continue;
    // grpc-js checks what is not plain, and writes it as it would itself.
    if (!isPlain(name, value)) return withoutFields(fromMetadata(toMetadata(headers)));
    if (hasField(name)) continue;
    if (list === none) list = [];
    list.push(textHeader(name, value));
  }
  return list;
}

/** Returns what grpc-js holds as an envelope carries it. */
export function fromMetadata(metadata: Metadata | undefined): MuxHeader[] {
  if (!metadata) return none;
  return Object.keys(metadata.getMap()).flatMap((name) => {
    return metadata
      .get(name)
      .map((value) => (typeof value === "string" ? textHeader(name, value) : binaryHeader(name, value)));
  });
}

/** Returns headers of an envelope as a caller gets them. */
export function fromMuxHeaders(headers: readonly MuxHeader[]): ResponseHeaders {
  return { get: (name) => headerIn(headers, name) };
}

/** Returns the first value of a header; undefined: there is none, or its type is not what its name says. */
export function headerIn<Name extends string>(
  headers: readonly MuxHeader[],
  name: Name,
): HeaderValue<Name> | undefined {
  const wanted = name.toLowerCase();
  const value = headers.find((one) => one.name === wanted)?.value;
  if (!value || wanted.endsWith("-bin") !== (value.$case === "binary")) return undefined;
  return value.value as HeaderValue<Name>;
}

/** Returns the size of headers in bytes, as HTTP/2 counts it. */
export function muxHeaderBytes(headers: readonly MuxHeader[]): number {
  let total = 0;
  for (const { name, value } of headers) total += sizeOf(name, value?.value ?? "");
  return total;
}

function withoutFields(headers: MuxHeader[]): MuxHeader[] {
  return headers.filter(({ name }) => !hasField(name));
}

function hasField(name: string): boolean {
  return name === traceHeader || name === signerHeader;
}

/** Returns a header whose value is a text. */
export function textHeader(name: string, value: string): MuxHeader {
  return { name, value: { $case: "text", value } };
}

/** Returns a header whose value is bytes. */
export function binaryHeader(name: string, value: Uint8Array): MuxHeader {
  return { name, value: { $case: "binary", value } };
}
