import { Refusal } from "./refusal.ts";

/** Decodes a part of an address. @throws Refusal where it is not percent-encoded UTF-8 */
export function percentDecoded(text: string, part: "path" | "query"): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, `the ${part} is not percent-encoded UTF-8`);
  }
}
