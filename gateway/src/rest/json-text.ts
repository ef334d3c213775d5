import type { JsonValue } from "@bufbuild/protobuf";

/** A placeholder of -0. No string of a message equals it, because half of a surrogate pair is not UTF-8. */
const placeholder = "\ud800-0";

/** Returns the text of a JSON value. Unlike JSON.stringify it writes -0, which is a value of its own in proto3 JSON. */
export function jsonText(value: JsonValue): string {
  if (!hasNegativeZero(value)) return JSON.stringify(value);
  const text = JSON.stringify(value, (_, part: unknown) => (Object.is(part, -0) ? placeholder : part));
  return text.replaceAll(JSON.stringify(placeholder), "-0");
}

function hasNegativeZero(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null) return Object.is(value, -0);
  return Object.values(value).some(hasNegativeZero);
}
