import { ZodMap, ZodRecord, type z } from "zod";
import { $constructor, processSchema } from "zod/v4/core";
import { fastPart, slowPart } from "./attempt.ts";
import { describeDefault } from "./defaulted.ts";
import { type Fast, fastOf, unsure } from "./fast.ts";
import { adopt, below, maxIssues, mistyped, subscript } from "./issue.ts";
import type { Context, Parse, Payload } from "./payload.ts";
import { applyRules, type Rule, testsOf } from "./rule.ts";
import type { Sized } from "./rules/repeated.ts";
import { keysOf } from "./stop.ts";
import { customize } from "./type.ts";

/** The entries of the output. */
type Made = [key: unknown, value: unknown][];

/** A map as it is given; its entries are made as they are asked for. */
interface Entries extends Sized, Iterable<readonly [key: unknown, value: unknown]> {}

/** The definition of both kinds of map, beyond zod's. */
interface MapDef {
  readonly keyType: z.core.$ZodType;
  readonly valueType: z.core.$ZodType;
  readonly rules: readonly Rule<Sized>[];
  /** The entries of an input; undefined: it is not a map. */
  readonly entriesOf: (input: unknown) => Entries | undefined;
  readonly make: (entries: Made) => unknown;
}

interface RecordType extends z.ZodRecord {
  _zod: z.core.$ZodRecordInternals & { def: z.core.$ZodRecordDef & MapDef };
}

const MeshRecord = /*@__PURE__*/ $constructor<RecordType>("MeshRecord", (instance, def) => {
  ZodRecord.init(instance, def);
  customizeMap(instance, def);
});

/** The type of a map field whose keys are strings or 32-bit numbers: an object. */
export function record<K extends z.core.$ZodRecordKey, V extends z.ZodType>(
  keyOf: (key: string) => unknown,
  keyType: K,
  valueType: V,
  ...rules: readonly Rule<Sized>[]
): z.ZodRecord<K, V> {
  const entriesOf = (input: unknown) =>
    typeof input === "object" && input !== null && !Array.isArray(input) ? ownEntries(input, keyOf) : undefined;
  // Own properties, defined: assigning to `__proto__` would set the prototype.
  const make = (all: Made) => Object.fromEntries(all.map(([name, item]) => [String(name), item]));
  const type: z.ZodType = new MeshRecord({ type: "record", keyType, valueType, rules, entriesOf, make });
  return type as z.ZodRecord<K, V>; // Its parts are those types.
}

function ownEntries(input: object, keyOf: (key: string) => unknown): Entries {
  const names = keysOf(input);
  const values = input as Readonly<Record<string, unknown>>; // Read by its own keys only.
  return {
    length: names.length,
    *[Symbol.iterator]() {
      for (const name of names) yield [keyOf(name), values[name]] as const;
    },
  };
}

interface MapType extends z.ZodMap {
  _zod: z.core.$ZodMapInternals & { def: z.core.$ZodMapDef & MapDef };
}

const MeshMap = /*@__PURE__*/ $constructor<MapType>("MeshMap", (instance, def) => {
  ZodMap.init(instance, def);
  // As JSON has no maps, it is described as the list of its entries.
  instance._zod.processJSONSchema = (context, json, params) => {
    const prefixItems = [def.keyType, def.valueType].map((part) => processSchema(part, context, params));
    Object.assign(json, { type: "array", items: { type: "array", prefixItems, items: false, minItems: 2 } });
  };
  customizeMap(instance, def);
  describeDefault(instance);
});

/** The type of a map field whose keys are 64-bit numbers or booleans: a Map. */
export function keyed<K extends z.ZodType, V extends z.ZodType>(
  keyType: K,
  valueType: V,
  ...rules: readonly Rule<Sized>[]
): z.ZodMap<K, V> {
  const entriesOf = (input: unknown) =>
    input instanceof Map ? { length: input.size, [Symbol.iterator]: () => input.entries() } : undefined;
  const make = (all: Made) => new Map(all);
  const type: z.ZodType = new MeshMap({ type: "map", keyType, valueType, rules, entriesOf, make });
  return type as z.ZodMap<K, V>; // Its parts are those types.
}

function customizeMap(instance: z.core.$ZodType, def: MapDef): void {
  for (const { _zod } of def.rules) for (const attach of _zod.onattach) attach(instance);
  customize(instance, { parse: slowMap(def), fast: () => fastMap(def) });
}

function slowMap({ keyType, valueType, rules, entriesOf, make }: MapDef): Parse {
  return (payload, context) => {
    const { issues } = payload;
    const input = entriesOf(payload.value);
    if (!input) return mistyped(payload, "must be a map");
    if (!context.skipChecks) applyRules(rules, { value: input, issues });
    const readKey = partReader(keyType, "map.keys", payload, context);
    const readValue = partReader(valueType, "map.values", payload, context);
    const output: Made = [];
    for (const [key, value] of input) {
      if (issues.length >= maxIssues) break;
      const [outputKey, outputValue] = [readKey(key, key), readValue(value, key)];
      if (issues.length === 0) output.push([outputKey, outputValue]);
    }
    if (issues.length === 0) payload.value = make(output);
  };
}

/** Makes the parser of the keys or the values, which gets the part and its key. */
function partReader(type: z.core.$ZodType, rules: string, payload: Payload, context: Context) {
  const parse = fastPart(type, context);
  return (part: unknown, key: unknown): unknown => {
    const right = parse(part);
    if (right !== unsure) return right;
    return adopt(payload, slowPart(type, part, context), [String(key)], below(subscript(key)), rules);
  };
}

function fastMap({ keyType, valueType, rules, entriesOf, make }: MapDef): Fast {
  const tests = testsOf(rules);
  const parseKey = fastOf(keyType);
  const parseValue = fastOf(valueType);
  return (given) => {
    const input = entriesOf(given);
    if (!input || !tests.every((test) => test(input))) return unsure;
    const output: Made = [];
    for (const [name, item] of input) {
      const parsedItem = parseKey(name) === unsure ? unsure : parseValue(item);
      if (parsedItem === unsure) return unsure;
      output.push([name, parsedItem]);
    }
    return make(output);
  };
}
