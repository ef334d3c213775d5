import { ZodType, type z } from "zod";
import { $constructor } from "zod/v4/core";
import { type Fast, unsure } from "./fast.ts";
import { mistyped } from "./issue.ts";
import type { Keywords } from "./rule.ts";
import { customize } from "./type.ts";

/** The most objects and lists in each other. Decoding is limited to 100; this limit is ours. */
const maxDepth = 64;

interface JsonDef extends z.core.$ZodTypeDef {
  readonly fits: (value: unknown) => boolean;
  readonly message: string;
  readonly json: Keywords;
}

interface JsonType extends z.ZodType {
  _zod: z.core.$ZodTypeInternals & { def: JsonDef };
}

const MeshJson = /*@__PURE__*/ $constructor<JsonType>("MeshJson", (instance, def) => {
  ZodType.init(instance, def);
  const { fits, message, json } = def;
  const read = fastCopy(fits);
  customize(instance, {
    json,
    fast: () => read,
    parse: (payload) => {
      const copy = read(payload.value);
      if (copy === unsure) return mistyped(payload, message);
      payload.value = copy;
    },
  });
});

/** The type of a google.protobuf.Value: any JSON value. */
export function json(): z.ZodType {
  return copied(() => true, "must be a JSON value", {});
}

/** The type of a google.protobuf.Struct: a JSON object. */
export function jsonObject(): z.ZodType {
  const fits = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  return copied(fits, "must be a JSON object", { type: "object" });
}

/** The type of a google.protobuf.ListValue: a JSON array. */
export function jsonList(): z.ZodType {
  return copied(Array.isArray, "must be a JSON array", { type: "array" });
}

function copied(fits: (value: unknown) => boolean, message: string, json: Keywords): z.ZodType {
  return new MeshJson({ type: "custom", fits, message, json });
}

function fastCopy(fits: (value: unknown) => boolean): Fast {
  return (value) => {
    const copy = fits(value) ? copyOf(value, 0) : undefined;
    return copy === undefined ? unsure : copy;
  };
}

/** A copy with own keys only; undefined: the value is not JSON, or too deep. */
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
