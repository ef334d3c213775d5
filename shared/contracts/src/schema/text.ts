/** The message for a text that UTF-8, and so protobuf, can't encode. */
export const unpaired = "must not have half of a surrogate pair";

/** Returns whether a value is a text that UTF-8 can encode. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed();
}
