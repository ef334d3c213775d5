/** The message for a text that UTF-8, and so protobuf, can't encode. */
export const unpaired = "must not have half of a surrogate pair";

/**
 * Returns whether a value is a text that UTF-8 can encode.
 *
 * @example
 * ```ts
 * import { isText } from "@mesh/contracts/json-forms";
 *
 * console.info(isText("😀"), isText("\ud83d"), isText(1)); // true false false
 * ```
 */
export function isText(value: unknown): value is string {
  // Some engines of phones have no isWellFormed. The pattern is about five times slower.
  return typeof value === "string" && (value.isWellFormed?.() ?? !/[\ud800-\udfff]/u.test(value));
}
