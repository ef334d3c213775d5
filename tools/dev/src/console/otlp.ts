import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { Attributes, AttributeValue, Span, SpanEvent } from "./shapes.ts";

// Numbers of fields: opentelemetry/proto/trace/v1/trace.proto and common/v1/common.proto, version 1.

const kinds = ["internal", "internal", "server", "client", "producer", "consumer"] as const;

/** The status of a span that failed. */
const errorStatus = 2n;

/** Reads the spans of an ExportTraceServiceRequest. @throws Error if it is malformed */
export function readSpans(request: Uint8Array): Span[] {
  return parse(request)
    .messages(1)
    .flatMap((resourceSpans) => {
      const resource = resourceSpans.message(1);
      const name = attributesOf(resource?.messages(1) ?? [])["service.name"];
      const scopes = resourceSpans.messages(2);
      return scopes.flatMap((scope) => scope.messages(2).map((span) => spanOf(String(name ?? ""), span)));
    });
}

function spanOf(process: string, span: Message): Span {
  const startMs = span.time(7);
  return {
    traceId: span.hex(1),
    spanId: span.hex(2),
    parentId: span.hex(4),
    process,
    name: span.text(5),
    kind: kinds[Number(span.number(6))] ?? "internal",
    startMs,
    durationMs: Math.max(0, span.time(8) - startMs),
    isError: span.message(15)?.number(3) === errorStatus,
    attributes: attributesOf(span.messages(9)),
    events: span.messages(11).map(eventOf),
  };
}

function eventOf(event: Message): SpanEvent {
  return { name: event.text(2), atMs: event.time(1), attributes: attributesOf(event.messages(3)) };
}

function attributesOf(pairs: readonly Message[]): Attributes {
  return Object.fromEntries(pairs.map((pair) => [pair.text(1), attributeValue(pair.message(2))]));
}

function attributeValue(value: Message | undefined): AttributeValue {
  if (!value) return "";
  if (value.has(1)) return value.text(1);
  if (value.has(2)) return value.number(2) !== 0n;
  if (value.has(3)) return Number(BigInt.asIntN(64, value.number(3)));
  if (value.has(4)) return value.double(4);
  return JSON.stringify(value.message(5)?.messages(1).map(attributeValue) ?? null);
}

/** The fields of a message, by number. */
interface Message {
  has(field: number): boolean;
  number(field: number): bigint;
  double(field: number): number;
  text(field: number): string;
  hex(field: number): string;
  /** Reads nanoseconds. Returns milliseconds. */
  time(field: number): number;
  message(field: number): Message | undefined;
  messages(field: number): Message[];
}

/** Reads a message without its contract. */
function parse(bytes: Uint8Array): Message {
  const numbers = new Map<number, bigint>();
  const contents = new Map<number, Uint8Array[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.LengthDelimited) contents.set(field, [...(contents.get(field) ?? []), reader.bytes()]);
    else if (type === WireType.Varint) numbers.set(field, BigInt(reader.uint64()));
    else if (type === WireType.Bit64) numbers.set(field, BigInt(reader.fixed64()));
    else reader.skip(type, field);
  }
  const first = (field: number) => Buffer.from(contents.get(field)?.[0] ?? []);
  const number = (field: number) => numbers.get(field) ?? 0n;
  const messages = (field: number) => (contents.get(field) ?? []).map(parse);
  return {
    has: (field) => numbers.has(field) || contents.has(field),
    number,
    double: (field) => new Float64Array(BigUint64Array.of(number(field)).buffer)[0] ?? 0,
    text: (field) => first(field).toString(),
    hex: (field) => first(field).toString("hex"),
    time: (field) => Number(number(field) / 1_000n) / 1_000,
    message: (field) => messages(field)[0],
    messages,
  };
}
