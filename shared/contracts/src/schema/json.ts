import { ZodType, type z } from "zod";
import { $constructor } from "zod/v4/core";
import { maxJsonDepth } from "./depth.ts";
import { type Fast, unsure } from "./fast.ts";
import { maxIssues, mistyped, subscript } from "./issue.ts";
import type { Payload } from "./payload.ts";
import type { Keywords } from "./rule.ts";
import { isText, unpaired } from "./text.ts";
import { customize } from "./type.ts";

/** The definition of such a type. */
export interface JsonDef extends z.core.$ZodTypeDef {
  readonly fits: (value: unknown) => boolean;
  readonly message: string;
  readonly json: Keywords;
}

interface JsonType extends z.ZodType {
  _zod: z.core.$ZodTypeInternals & { def: JsonDef };
}

/** The class of these types. */
export const MeshJson = /*@__PURE__*/ $constructor<JsonType>("MeshJson", (instance, def) => {
  ZodType.init(instance, def);
  const { fits, message, json } = def;
  const read = fastCopy(fits);
  customize(instance, {
    json,
    fast: () => read,
    parse: (payload) => {
      const copy = read(payload.value);
      if (copy !== unsure) payload.value = copy;
      else if (fits(payload.value)) findFaults(payload.value, { payload, keys: [], field: "" });
      else mistyped(payload, message);
    },
  });
});

/** The type of a google.protobuf.Value: any JSON value. */
export function json(): z.ZodType {
  return copied(() => true, "must be a JSON value", {});
}

/** The type of a google.protobuf.Struct: a JSON object. */
export function jsonObject(): z.ZodType {
  return copied(isObject, "must be a JSON object", { type: "object" });
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
  if (scalarFault(value, depth) !== undefined) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => copyOf(item, depth + 1));
    return items.includes(undefined) ? undefined : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, copyOf(item, depth + 1)] as const);
  const isRight = entries.every(([key, item]) => item !== undefined && isText(key));
  // Own properties, defined: assigning to `__proto__` would set the prototype.
  return isRight ? Object.fromEntries(entries) : undefined;
}

/** A place in a value that is not JSON. */
interface Place {
  readonly payload: Payload;
  readonly keys: readonly PropertyKey[];
  readonly field: string;
}

function findFaults(value: unknown, { payload, keys, field }: Place): void {
  const fault = scalarFault(value, keys.length);
  const add = (message: string) =>
    payload.issues.push({ code: "custom", input: value, message, path: [...keys], params: { field }, continue: false });
  if (fault !== undefined) add(fault);
  else if (typeof value === "object" && value !== null) {
    // Not Object.entries, which skips the holes of a list.
    const entries = Array.isArray(value) ? Array.from(value, (item, at) => [at, item] as const) : Object.entries(value);
    for (const [key, item] of entries) {
      if (payload.issues.length >= maxIssues) return;
      if (typeof key === "string" && !isText(key)) add(`${unpaired} in a key`);
      findFaults(item, { payload, keys: [...keys, key], field: field + subscript(key) });
    }
  }
}

/** The reason why a value is not JSON, whatever is in it; undefined: it may be. */
export function scalarFault(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case "string":
      return isText(value) ? undefined : unpaired;
    case "number":
      return Number.isFinite(value) ? undefined : "must be a finite number";
    case "boolean":
      return undefined;
    case "object":
      if (value === null) return undefined;
      if (depth >= maxJsonDepth) return `must not be deeper than ${maxJsonDepth} lists and objects in each other`;
      return Array.isArray(value) || isPlain(value) ? undefined : "must be a plain object";
    default:
      return "must be a JSON value";
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns whether an object is a literal of any realm, or has no prototype. A Date or bytes have no form in JSON. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
