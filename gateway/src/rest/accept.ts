import type { IncomingMessage } from "node:http";
import { isJson } from "../http/admission.ts";
import { readBody } from "../http/body.ts";
import { Refusal } from "./refusal.ts";

/**
 * Reads the body of a request; empty: there is none.
 *
 * @throws Refusal 415 where it is no JSON in UTF-8 by its type, or compressed
 * @throws TRPCError PAYLOAD_TOO_LARGE, or BAD_REQUEST where it is no UTF-8 for all that
 */
export async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string> {
  if (!hasBody(request)) return "";
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (!isJson(request)) throw new Refusal(415, "a body must be application/json in UTF-8");
  if (encoding.toLowerCase() !== "identity") throw new Refusal(415, "a body must not be compressed");
  return readBody(request, maxBytes);
}

/** @throws Refusal 406 where the client says that it does not take what is answered */
export function checkAccept({ headers }: IncomingMessage, mediaType: string): void {
  const { accept } = headers;
  if (!accept || accept.split(",").some((range) => takes(range, mediaType))) return;
  throw new Refusal(406, `this is answered as ${mediaType}`);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Whether a media range of RFC 9110, such as `application/*;q=0.5`, has a media type. */
function takes(range: string, mediaType: string): boolean {
  const [type = "", ...parameters] = range.toLowerCase().split(";");
  if (parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter))) return false;
  const [whole] = mediaType.split("/", 1);
  return [mediaType, `${whole}/*`, "*/*"].includes(type.trim());
}
