import type { z } from "zod";
import { type Fast, fastOf, testsOf, unsure } from "./fast.ts";
import { adopt, maxIssues, mistyped, type Rule } from "./issue.ts";
import { applyRules } from "./list.ts";
import { type Parse, type Payload, parsed, run } from "./parsed.ts";

type Entries = readonly (readonly [unknown, unknown])[];

/** The type of a map field whose keys are strings or 32-bit numbers: an object. */
export function record(
  keyOf: (key: string) => unknown,
  key: z.ZodType,
  value: z.ZodType,
  ...rules: readonly Rule<Entries>[]
): z.ZodType {
  const entriesOf = (input: unknown) =>
    typeof input === "object" && input !== null && !Array.isArray(input)
      ? Object.entries(input).map(([name, item]) => [keyOf(name), item] as const)
      : undefined;
  // Own properties, defined: assigning to `__proto__` would set the prototype.
  const made = (entries: Entries) => Object.fromEntries(entries.map(([name, item]) => [String(name), item]));
  return entries({ entriesOf, made, key, value, rules });
}

/** The type of a map field whose keys are 64-bit numbers or booleans: a Map. */
export function keyed(key: z.ZodType, value: z.ZodType, ...rules: readonly Rule<Entries>[]): z.ZodType {
  const entriesOf = (input: unknown) => (input instanceof Map ? [...input] : undefined);
  return entries({ entriesOf, made: (entries) => new Map(entries), key, value, rules });
}

/** What a map is made of. */
interface MapDef {
  /** Undefined: the value is no map. */
  readonly entriesOf: (input: unknown) => Entries | undefined;
  readonly made: (entries: Entries) => unknown;
  readonly key: z.ZodType;
  readonly value: z.ZodType;
  readonly rules: readonly Rule<Entries>[];
}

function entries(def: MapDef): z.ZodType {
  const parse: Parse = (payload, context) => {
    const input = def.entriesOf(payload.value);
    if (!input) return mistyped(payload, "must be a map");
    payload.value = def.made(parseEntries(input, def, payload, context));
  };
  return parsed(parse, () => fastEntries(def));
}

function fastEntries({ entriesOf, made, key, value, rules }: MapDef): Fast | undefined {
  const tests = testsOf(rules);
  const parseKey = fastOf(key);
  let parseValue: Fast | undefined;
  if (!tests || !parseKey) return undefined;
  return (given) => {
    const input = entriesOf(given);
    if (!input || !tests.every((test) => test(input))) return unsure;
    // Asked late, since messages may contain each other.
    parseValue ??= fastOf(value) ?? (() => unsure);
    const output: [unknown, unknown][] = [];
    for (const [name, item] of input) {
      const parsedItem = parseKey(name) === unsure ? unsure : parseValue(item);
      if (parsedItem === unsure) return unsure;
      output.push([name, parsedItem]);
    }
    return made(output);
  };
}

function parseEntries(
  entries: Entries,
  { key: keyType, value: valueType, rules }: MapDef,
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
