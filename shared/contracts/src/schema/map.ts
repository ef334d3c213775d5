import type { z } from "zod";
import { adopt, maxIssues, mistyped, type Rule } from "./issue.ts";
import { applyRules } from "./list.ts";
import { type Payload, parsed, run } from "./parsed.ts";

type Entries = readonly (readonly [unknown, unknown])[];

/** The type of a map field whose keys are strings or 32-bit numbers: an object. */
export function record(
  keyOf: (key: string) => unknown,
  key: z.ZodType,
  value: z.ZodType,
  ...rules: readonly Rule<Entries>[]
): z.ZodType {
  return parsed((payload, context) => {
    const input = payload.value;
    if (typeof input !== "object" || input === null || Array.isArray(input)) return mistyped(payload, "must be a map");
    const entries = Object.entries(input).map(([name, item]) => [keyOf(name), item] as const);
    const output = parseEntries(entries, key, value, rules, payload, context);
    // Own properties, defined: assigning to `__proto__` would set the prototype.
    payload.value = Object.fromEntries(output.map(([name, item]) => [String(name), item]));
  });
}

/** The type of a map field whose keys are 64-bit numbers or booleans: a Map. */
export function keyed(key: z.ZodType, value: z.ZodType, ...rules: readonly Rule<Entries>[]): z.ZodType {
  return parsed((payload, context) => {
    if (!(payload.value instanceof Map)) return mistyped(payload, "must be a map");
    payload.value = new Map(parseEntries([...payload.value], key, value, rules, payload, context));
  });
}

function parseEntries(
  entries: Entries,
  keyType: z.ZodType,
  valueType: z.ZodType,
  rules: readonly Rule<Entries>[],
  payload: Payload,
  context: z.core.ParseContextInternal,
): [unknown, unknown][] {
  if (!context.skipChecks) applyRules(rules, { value: entries, issues: payload.issues });
  const output: [unknown, unknown][] = [];
  for (const [key, value] of entries) {
    if (payload.issues.length >= maxIssues) break;
    const parts = [run(keyType, key, context), run(valueType, value, context)] as const;
    for (const part of parts) {
      if (part.issues.length > 0) adopt(payload, part, [String(key)], subscript(key));
    }
    output.push([parts[0].value, parts[1].value]);
  }
  return output;
}

/** As protovalidate writes the key of a map in a path. */
function subscript(key: unknown): string {
  if (typeof key !== "string") return `[${String(key)}]`;
  return `["${key.replace(/[\\"]/g, "\\$&").replaceAll("\r", "\\r").replaceAll("\n", "\\n")}"]`;
}
