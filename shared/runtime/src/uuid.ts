import { createHash } from "node:crypto";

/**
 * Returns the UUID of a text, always the same: version 8 (RFC 9562), from the SHA-256 of the text.
 *
 * @example
 * ```ts
 * import { stableUuid } from "@mesh/runtime";
 *
 * stableUuid("order 1") === stableUuid("order 1"); // true
 * ```
 */
export function stableUuid(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
