import { HttpError } from "../http/http-error.ts";

/** Decodes a part of an address. @throws HttpError where it is not percent-encoded UTF-8 */
export function percentDecoded(text: string, part: "path" | "query"): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpError(400, `the ${part} is not percent-encoded UTF-8`);
  }
}
