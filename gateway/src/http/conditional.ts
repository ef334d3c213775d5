import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

/**
 * Sends a JSON text with its validator, or 304 without a body if the client has it already.
 *
 * @param etag a strong validator, with its quotes
 */
export function replyConditional(
  response: ServerResponse,
  { text, etag }: { readonly text: string; readonly etag: string },
  headers: OutgoingHttpHeaders,
): void {
  if (hasTag(response.req.headers["if-none-match"], etag)) {
    response.writeHead(304, { etag, ...headers }).end();
    return;
  }
  const length = Buffer.byteLength(text);
  response.writeHead(200, { "content-type": "application/json", "content-length": length, etag, ...headers });
  response.end(text);
}

/** Compares weakly, as for If-None-Match. Source: RFC 9110, 13.1.2 */
export function hasTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
