import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { MethodDownload } from "@mesh/contracts";
import { fieldValue } from "@mesh/contracts/file";
import { Leaving } from "../../calls/leaving.ts";
import { trpcErrorOf } from "../../errors/trpc-codes.ts";
import { hasTag } from "../../http/conditional.ts";
import { HttpError } from "../../http/http-error.ts";
import type { CallRoute, CallRouteOptions } from "../call-route.ts";
import { checkRules } from "../check-rules.ts";
import { roomOrClose } from "../ndjson.ts";
import { requestReader } from "../read-request.ts";
import type { Route } from "../routes.ts";
import { type AskedRange, rangeIn, type SentRange, sentRange } from "./byte-range.ts";
import { cacheControl } from "./cache-control.ts";
import { type OpenedFile, openFile } from "./opened-file.ts";

/** Makes what sends the responses of a method that streams them as the bodies of a route's responses. */
export function downloaderOf(route: Route, download: MethodDownload, options: CallRouteOptions): CallRoute {
  const { registry, open, run, ignoreUnknown } = options;
  const { method, procedure, call } = route;
  const read = requestReader(route, registry, ignoreUnknown, [download.offset, download.limit]);

  return async ({ request, response, match, query }) => {
    const asked = request.method === "GET" && download.offset !== "" ? rangeIn(request.headers.range) : undefined;
    const result = await run(await open(request, response), procedure, new Leaving(response), async ({ scope }) => {
      const openPart = async (part: AskedRange | undefined) => {
        const values = part && { [download.offset]: String(part.offset), [download.limit]: String(part.limit) };
        const parts = { match, query, body: "", idempotencyKey: undefined, ...(values && { values }) };
        const input = checkRules(method, read(parts));
        // A method of this kind returns an iterable.
        return openFile(call(scope, input) as AsyncIterable<unknown>, download, part);
      };
      const file = await openPart(asked);
      if (!asked || isSame(request.headers["if-range"], file.etag)) return file;
      await file.close();
      return openPart(undefined);
    });
    // The function above returns nothing else.
    const file = result as OpenedFile;
    try {
      await respond(request, response, route, file, download);
    } catch (cause) {
      if (!response.headersSent) throw cause;
      const error = trpcErrorOf(cause);
      if (!response.destroyed) options.report(response, error, route);
      // The client sees that bytes are missing.
      response.destroy();
    } finally {
      await file.close();
    }
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { method }: Route,
  file: OpenedFile,
  download: MethodDownload,
): Promise<void> {
  const { etag, size, asked } = file;
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = request.headers;
  if (ifMatch !== undefined && !hasTag(ifMatch, etag)) throw new HttpError(412, "the file is another one now");
  const headers = { etag, ...cacheControl(response, method, download) };
  if (hasTag(ifNoneMatch, etag)) return void response.writeHead(304, headers).end();
  const range = asked ? sentRange(asked, size) : { start: 0, end: size };
  if (!range) {
    const message = `the file has ${size} bytes, and none of those in the header Range`;
    throw new HttpError(416, message, { headers: { "content-range": `bytes */${size}` } });
  }
  response.writeHead(asked ? 206 : 200, { ...headers, ...contentHeaders(file, range, download) });
  if (request.method !== "HEAD") await sendBytes(response, file, range, download);
  response.end();
}

/** The types that a page may show. Others are only saved, so that none of them runs in the origin of the gateway. */
const shownTypes: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

function contentHeaders(
  { contentType, size, asked }: OpenedFile,
  { start, end }: SentRange,
  { offset }: MethodDownload,
): OutgoingHttpHeaders {
  return {
    "content-type": contentType,
    "content-length": end - start,
    "content-disposition": shownTypes.has(contentType) ? "inline" : "attachment",
    "accept-ranges": offset === "" ? "none" : "bytes",
    ...(asked && { "content-range": `bytes ${start}-${end - 1}/${size}` }),
  };
}

/** Takes no more from the service than the client reads. @throws Error if the service sends more or less than it said */
async function sendBytes(
  response: ServerResponse,
  { parts }: OpenedFile,
  { start, end }: SentRange,
  { chunk: field }: MethodDownload,
): Promise<void> {
  let left = end - start;
  for await (const part of parts) {
    const chunk = fieldValue(part, field);
    if (!(chunk instanceof Uint8Array) || chunk.byteLength > left)
      throw new Error("a part of a file is not as announced");
    left -= chunk.byteLength;
    if (!response.write(chunk) && !response.destroyed) await roomOrClose(response);
    if (response.destroyed) return;
  }
  if (left > 0) throw new Error(`${left} bytes of a file are missing`);
}

/** Compares strongly, as for If-Range. A date is never the same. Source: RFC 9110, 13.1.5 */
function isSame(header: string | string[] | undefined, etag: string): boolean {
  return header === undefined || String(header).trim() === etag;
}
