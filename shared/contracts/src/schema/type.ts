import type { z } from "zod";
import { fastFirst } from "./attempt.ts";
import { type Fast, type FastInternals, never, once, type Test, tested } from "./fast.ts";
import { keeps } from "./issue.ts";
import type { Parse, Payload } from "./payload.ts";
import { type Keywords, testsOf } from "./rule.ts";

/** The properties of our definitions beyond zod's. */
export interface OwnDef {
  /** The field's name in the .proto, if it is not the key in snake case. */
  readonly field?: string;
  /** The rule that an absent field breaks; set on fields whose absence is not their zero. */
  readonly absence?: "required" | "legacy_required";
  /** Whether the rules do not count, only the types. */
  readonly lax?: boolean;
  /** A check of the output that runs after all others. */
  readonly after?: (payload: Payload) => void;
}

/** The differences between a type of ours and the zod class that it extends. */
interface Behavior {
  /** The slow way. Default: zod's own. */
  readonly parse?: Parse;
  /** Makes the fast way, without the checks of the type. Default: none. */
  readonly fast?: () => Fast;
  /** The JSON Schema of the type, without its rules. Default: zod's own. */
  readonly json?: Keywords;
}

/** Turns an instance of a zod class into one of ours; called after the class's own `init`. */
export function customize(instance: z.core.$ZodType, { parse, fast = () => never, json }: Behavior): void {
  const internals: z.core.$ZodTypeInternals & FastInternals = instance._zod;
  const def: z.core.$ZodTypeDef & OwnDef = internals.def;
  const withoutChecks = once(fast);
  internals.fast = once(() => tested(withoutChecks(), testsAfter(def)));
  describeType(instance, json);
  internals.deferred ??= [];
  // Zod sets `run` in functions of this list, and wraps `parse` of types that have parts; ours must come last.
  internals.deferred.push(() => {
    if (parse) replaceParse(internals, fastFirst(withoutChecks, parse));
    if (def.lax || def.after) wrapRun(internals, def);
  });
}

function replaceParse(internals: z.core.$ZodTypeInternals, parse: Parse): void {
  const hasChecks = internals.run !== internals.parse;
  internals.parse = (payload, context) => {
    parse(payload, context);
    return payload;
  };
  if (!hasChecks) internals.run = internals.parse;
}

function wrapRun(internals: z.core.$ZodTypeInternals, { lax = false, after }: OwnDef): void {
  const { run } = internals;
  internals.run = (payload, context) => {
    const result = run(payload, lax ? { ...context, skipChecks: true } : context);
    if (!context.skipChecks) after?.(payload);
    return result;
  };
}

/** Adds the rules to the JSON Schema that zod makes of a type. */
function describeType({ _zod: internals }: z.core.$ZodType, json: Keywords | undefined): void {
  const { processJSONSchema } = internals;
  internals.processJSONSchema = (context, schema, params) => {
    if (!json) processJSONSchema?.(context, schema, params);
    Object.assign(schema, json, internals.bag.json);
  };
}

/** Returns the tests of the checks in a definition. */
export function testsAfter({ checks = [], after }: z.core.$ZodTypeDef & OwnDef): Test[] {
  const tests = testsOf(checks);
  return after ? [...tests, (value) => keeps(after, value)] : tests;
}

/** A copy of a type whose definition says more. */
export function extend<T extends z.ZodType>(type: T, more: OwnDef): T {
  // Descriptors, because reading the shape of a message would make it.
  const own = Object.getOwnPropertyDescriptors(type._zod.def);
  return type.clone(Object.create(Object.prototype, { ...own, ...Object.getOwnPropertyDescriptors(more) }));
}

/** The type of a field whose key is not its name in camel case. */
export function named<T extends z.ZodType>(field: string, type: T): T {
  return extend(type, { field });
}

/** The type of a field that can be absent and must not be, although its type has a zero. */
export function required<T extends z.ZodType>(type: T): T {
  return extend(type, { absence: "required" });
}

/** The type of a field that proto2 calls `required`, and an edition LEGACY_REQUIRED: no message is sent without it. */
export function legacyRequired<T extends z.ZodType>(type: T): T {
  return extend(type, { absence: "legacy_required" });
}

/** `ignore: IGNORE_ALWAYS` on a message: its types count, its rules do not. */
export function lax<T extends z.ZodType>(type: T): T {
  return extend(type, { lax: true });
}
