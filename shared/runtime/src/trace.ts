/** Which request something belongs to, as W3C Trace Context has it: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 hexadecimal digits, the same on every hop. */
  readonly traceId: string;
  /** 16 hexadecimal digits, one for each piece of work. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** The header that carries a trace. */
export const traceHeader = "traceparent";

/** Starts a trace. */
export function newTrace(): TraceContext {
  return { traceId: randomHex(16), spanId: randomHex(8), sampled: true };
}

/** A piece of work within a trace. */
export function childSpan(parent: TraceContext): TraceContext {
  return { ...parent, spanId: randomHex(8) };
}

/** Writes a trace as a header. */
export function formatTrace({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/** Reads a trace from a header; undefined: there is none, or it is malformed. */
export function parseTrace(header: string | undefined): TraceContext | undefined {
  const match = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(header ?? "");
  if (!match || header?.startsWith("ff")) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = match;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");
}
