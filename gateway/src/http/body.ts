import type { IncomingMessage } from "node:http";
import { TRPCError } from "@trpc/server";

/** How much of a body that is too large is read and thrown away, so that its sender gets to read the answer. */
const drainBytes = 4 * 1024 * 1024;

/**
 * Reads the body of a request as text.
 *
 * @throws TRPCError PAYLOAD_TOO_LARGE, or CLIENT_CLOSED_REQUEST when the sender leaves before the end
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers["content-length"]) > drainBytes) throw tooLarge(maxBytes);
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      if (bytes > drainBytes) break;
    }
  } catch (cause) {
    throw new TRPCError({ code: "CLIENT_CLOSED_REQUEST", message: "the body ended too early", cause });
  }
  if (bytes > maxBytes) throw tooLarge(maxBytes);
  return Buffer.concat(chunks).toString("utf8");
}

function tooLarge(maxBytes: number): TRPCError {
  return new TRPCError({ code: "PAYLOAD_TOO_LARGE", message: `the body is larger than ${maxBytes / 1024} KiB` });
}
