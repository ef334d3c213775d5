import type { IncomingMessage } from "node:http";
import { TRPCError } from "@trpc/server";

/** How much of a body that is too large is read and thrown away, so that its sender gets to read the answer. */
const drainBytes = 4 * 1024 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads the body of a request as text.
 *
 * @throws TRPCError PAYLOAD_TOO_LARGE, BAD_REQUEST where it is no UTF-8, or CLIENT_CLOSED_REQUEST when the sender leaves
 * before the end
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
  return textOf(Buffer.concat(chunks));
}

/** What is no UTF-8 would otherwise be read, and kept, as another text. */
function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new TRPCError({ code: "BAD_REQUEST", message: "the body is no UTF-8", cause });
  }
}

function tooLarge(maxBytes: number): TRPCError {
  return new TRPCError({ code: "PAYLOAD_TOO_LARGE", message: `the body is larger than ${maxBytes / 1024} KiB` });
}
