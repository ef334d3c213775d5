import type { IncomingMessage } from "node:http";
import { readBody } from "../http/body.ts";
import { HttpError } from "../http/http-error.ts";

/**
 * Reads the body of a request. Returns an empty text if there is none.
 *
 * @throws HttpError 415 if its type is not JSON in UTF-8 or it is compressed, 413 if it is too large, 400 if it is not
 * UTF-8
 */
export function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<string> | string {
  if (!hasBody(request)) return "";
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding.toLowerCase() !== "identity") throw new HttpError(415, "the body must not be compressed");
  return readBody(request, maxBytes);
}

/** Checks that the client accepts a media type. @throws HttpError 406 if it does not */
export function checkAccept({ headers }: IncomingMessage, mediaType: string): void {
  const { accept } = headers;
  if (!accept || accept.split(",").some((range) => includes(range, mediaType))) return;
  throw new HttpError(406, `the response is ${mediaType}, which the Accept header excludes`);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Returns true if a media range of RFC 9110, such as `application/*;q=0.5`, includes a media type. */
function includes(range: string, mediaType: string): boolean {
  const [type = "", ...parameters] = range.toLowerCase().split(";");
  if (parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter))) return false;
  const [whole] = mediaType.split("/", 1);
  return [mediaType, `${whole}/*`, "*/*"].includes(type.trim());
}
