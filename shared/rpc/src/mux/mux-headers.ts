import { Metadata } from "@grpc/grpc-js";
import type { HeaderValue, ResponseHeaders } from "@mesh/contracts";
import type { MuxHeader } from "@mesh/contracts/protocols/mesh/v1/index";
import { traceHeader } from "@mesh/runtime";
import { sizeOf, toMetadataValue } from "../headers.ts";

/** No headers. Nothing is added to it. */
const none: MuxHeader[] = [];

const legalName = /^[0-9a-z_.-]+$/;
const legalText = /^[!-~](?:[ -~]*[!-~])?$/;

/** Returns headers as an envelope carries them, without that of the trace. @throws Error if gRPC does not allow one */
export function toMuxHeaders(headers: Readonly<Record<string, HeaderValue>>): MuxHeader[] {
  let list = none;
  for (const name in headers) {
    const value = headers[name];
    if (name === traceHeader || value === undefined) continue;
    if (list === none) list = [];
    list.push(typeof value === "string" && isPlain(name, value) ? textHeader(name, value) : checkedHeader(name, value));
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

/** Returns the first value of a header; undefined: there is none. */
export function headerIn<Name extends string>(
  headers: readonly MuxHeader[],
  name: Name,
): HeaderValue<Name> | undefined {
  for (const one of headers) if (one.name === name) return one.value?.value as HeaderValue<Name> | undefined;
  return undefined;
}

/** Returns the size of headers in bytes, as HTTP/2 counts it. */
export function muxHeaderBytes(headers: readonly MuxHeader[]): number {
  return headers.reduce((total, { name, value }) => total + sizeOf(name, value?.value ?? ""), 0);
}

function isPlain(name: string, value: string): boolean {
  return legalName.test(name) && !name.endsWith("-bin") && legalText.test(value);
}

/** Has grpc-js check a header and write it as it would itself. */
function checkedHeader(name: string, value: HeaderValue): MuxHeader {
  const metadata = new Metadata();
  metadata.set(name, toMetadataValue(value));
  return fromMetadata(metadata)[0] ?? textHeader(name, "");
}

/** Returns a header whose value is a text. */
export function textHeader(name: string, value: string): MuxHeader {
  return { name, value: { $case: "text", value } };
}

/** Returns a header whose value is bytes. */
export function binaryHeader(name: string, value: Uint8Array): MuxHeader {
  return { name, value: { $case: "binary", value } };
}
