import { HttpError } from "../http/http-error.ts";

/** Decodes a part of a URL. @throws HttpError 400 if it is not percent-encoded UTF-8 */
export function percentDecoded(text: string, part: "path" | "query"): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpError(400, `the ${part} is not percent-encoded UTF-8`);
  }
}
