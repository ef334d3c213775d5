import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { TraceMemory } from "./trace-memory.ts";

/** The path of OTLP over HTTP. */
export const tracesPath = "/v1/traces";

/** The largest request, in bytes, also after it is decompressed. A batch has at most 512 spans. */
const maxBytes = 8 * 1024 * 1024;

/** Adds the spans of a request in OTLP over HTTP, in protobuf. Returns the status of the response. */
export async function receiveTraces(request: IncomingMessage, traces: TraceMemory): Promise<number> {
  if (request.method !== "POST") return 405;
  // Pages can't send this type to another origin without its consent, which the console never gives.
  if (request.headers["content-type"] !== "application/x-protobuf") return 415;
  const body = await bodyOf(request);
  if (!body) return 413;
  const { readSpans } = await import("./otlp.ts");
  try {
    const isCompressed = request.headers["content-encoding"] === "gzip";
    const message = isCompressed ? await promisify(gunzip)(body, { maxOutputLength: maxBytes }) : body;
    for (const span of readSpans(message)) traces.add(span);
    return 200;
  } catch {
    return 400;
  }
}

/** Reads a body; undefined: it is too large. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // A request without an encoding is read as buffers.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
