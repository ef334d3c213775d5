import type { z } from "zod";
import { type Fast, fastOf, testsOf, unsure } from "./fast.ts";
import { adopt, maxIssues, mistyped, type Rule } from "./issue.ts";
import { applyRules } from "./list.ts";
import { type Parse, type Parts, parsedFast, partsOf } from "./parsed.ts";
import type { Sized } from "./rules/repeated.ts";

/** The entries that are put out. */
type Made = [key: unknown, value: unknown][];

/** A map as it is given; its entries are made as they are asked for. */
interface Entries extends Sized, Iterable<readonly [key: unknown, value: unknown]> {}

/** The type of a map field whose keys are strings or 32-bit numbers: an object. */
export function record(
  keyOf: (key: string) => unknown,
  key: z.ZodType,
  value: z.ZodType,
  ...rules: readonly Rule<Sized>[]
): z.ZodType {
  const entriesOf = (input: unknown) =>
    typeof input === "object" && input !== null && !Array.isArray(input) ? ownEntries(input, keyOf) : undefined;
  // Own properties, defined: assigning to `__proto__` would set the prototype.
  const made = (all: Made) => Object.fromEntries(all.map(([name, item]) => [String(name), item]));
  return entries({ entriesOf, made, key, value, rules });
}

function ownEntries(input: object, keyOf: (key: string) => unknown): Entries {
  const names = Object.keys(input);
  const values = input as Readonly<Record<string, unknown>>; // Read by its own keys only.
  return {
    length: names.length,
    *[Symbol.iterator]() {
      for (const name of names) yield [keyOf(name), values[name]] as const;
    },
  };
}

/** The type of a map field whose keys are 64-bit numbers or booleans: a Map. */
export function keyed(key: z.ZodType, value: z.ZodType, ...rules: readonly Rule<Sized>[]): z.ZodType {
  const entriesOf = (input: unknown) =>
    input instanceof Map ? { length: input.size, [Symbol.iterator]: () => input.entries() } : undefined;
  return entries({ entriesOf, made: (all) => new Map(all), key, value, rules });
}

/** What a map is made of. */
interface MapDef {
  /** Undefined: the value is no map. */
  readonly entriesOf: (input: unknown) => Entries | undefined;
  readonly made: (entries: Made) => unknown;
  readonly key: z.ZodType;
  readonly value: z.ZodType;
  readonly rules: readonly Rule<Sized>[];
}

function entries(def: MapDef): z.ZodType {
  const [keys, values] = [partsOf(def.key), partsOf(def.value)];
  const parse: Parse = (payload, context) => {
    const input = def.entriesOf(payload.value);
    if (!input) return mistyped(payload, "must be a map");
    if (!context.skipChecks) applyRules(def.rules, { value: input, issues: payload.issues });
    const output: Made = [];
    for (const [key, value] of input) {
      if (payload.issues.length >= maxIssues) break;
      const part = (parts: Parts, given: unknown) => {
        const right = parts.right(given, context);
        return right === unsure ? adopt(payload, parts.any(given, context), [String(key)], subscript(key)) : right;
      };
      output.push([part(keys, key), part(values, value)]);
    }
    if (payload.issues.length === 0) payload.value = def.made(output);
  };
  return parsedFast(parse, () => fastEntries(def));
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
    const output: Made = [];
    for (const [name, item] of input) {
      const parsedItem = parseKey(name) === unsure ? unsure : parseValue(item);
      if (parsedItem === unsure) return unsure;
      output.push([name, parsedItem]);
    }
    return made(output);
  };
}

/** As protovalidate writes the key of a map in a path. */
function subscript(key: unknown): string {
  if (typeof key !== "string") return `[${String(key)}]`;
  return `["${key.replace(/[\\"]/g, "\\$&").replaceAll("\r", "\\r").replaceAll("\n", "\\n")}"]`;
}
