import type { z } from "zod";
import { type Fast, unsure } from "./fast.ts";
import { mistyped } from "./issue.ts";
import { parsed } from "./parsed.ts";

/** How deep objects and lists may be in each other. Source: the depth that decoding is limited to is 100; this is ours. */
const maxDepth = 64;

/** The type of a google.protobuf.Value: what JSON can say. */
export function json(): z.ZodType {
  return copied(() => true, "must be a JSON value");
}

/** The type of a google.protobuf.Struct: a JSON object. */
export function jsonObject(): z.ZodType {
  return copied(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "must be a JSON object",
  );
}

/** The type of a google.protobuf.ListValue: a JSON array. */
export function jsonList(): z.ZodType {
  return copied(Array.isArray, "must be a JSON array");
}

function copied(fits: (value: unknown) => boolean, message: string): z.ZodType {
  const read: Fast = (value) => {
    const copy = fits(value) ? copyOf(value, 0) : undefined;
    return copy === undefined ? unsure : copy;
  };
  return parsed(
    (payload) => {
      const copy = read(payload.value);
      if (copy === unsure) return mistyped(payload, message);
      payload.value = copy;
    },
    () => read,
  );
}

/** A copy with own keys only; undefined: the value is no JSON, or too deep. */
function copyOf(value: unknown, depth: number): unknown {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (typeof value !== "object" || depth >= maxDepth) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => copyOf(item, depth + 1));
    return items.includes(undefined) ? undefined : items;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, copyOf(item, depth + 1)] as const);
  // Own properties, defined: assigning to `__proto__` would set the prototype.
  return entries.some(([, item]) => item === undefined) ? undefined : Object.fromEntries(entries);
}
