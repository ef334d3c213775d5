/**
 * Makes a random UUID, version 4. `crypto.randomUUID` exists only on https and localhost; this also works on a phone
 * that looks at the page by the address of a laptop.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc9562#section-5.4
 *
 * @example
 * ```ts
 * import { randomUuid } from "@mesh/contracts/client";
 *
 * randomUuid(); // "6fa459ea-ee8a-4ca4-894e-db77e160355e"
 * ```
 */
export function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
