import { ZodType, type z } from "zod";
import { $constructor } from "zod/v4/core";
import { type Fast, fastOf, unsure } from "./fast.ts";
import { forgetStop } from "./stop.ts";

/** What a type of ours works on: the value given, which it replaces by the one put out, and what is wrong with it. */
export type Payload = z.core.ParsePayload<unknown>;
type Context = z.core.ParseContextInternal;

/** Reads `payload.value`, adds issues, and leaves the parsed value there. */
export type Parse = (payload: Payload, context: Context) => void;

interface ParsedDef extends z.core.$ZodTypeDef {
  type: "custom";
  parse: Parse;
  fast?: () => Fast | undefined;
}

interface ParsedType extends z.ZodType {
  _zod: z.core.$ZodTypeInternals & { def: ParsedDef };
}

const Parsed = /*@__PURE__*/ $constructor<ParsedType>("MeshParsed", (instance, def) => {
  ZodType.init(instance, def);
  instance._zod.parse = (payload, context) => {
    def.parse(payload, context);
    return payload;
  };
});

/**
 * A zod type that parses as it is told, for what zod's own can't: fields by their names in the .proto, lists that stop at
 * the twentieth issue, maps with a key `__proto__`.
 *
 * @param fast how to parse what is right, if there is a faster way; asked when the first value is parsed
 */
export function parsed(parse: Parse, fast?: () => Fast | undefined): z.ZodType {
  return new Parsed({ type: "custom", parse, ...(fast && { fast }) });
}

/** Tries the fast way first, once for a value as a whole: what is not right is then parsed slowly with all its parts. */
export function parsedFast(parse: Parse, fast: () => Fast | undefined): z.ZodType {
  let known: Fast | undefined | null = null;
  const whole: Parse = (payload, context) => {
    if (known === null) known = fast();
    if (!known || trials in context) return parse(payload, context);
    forgetStop();
    const output = known(payload.value);
    if (output === unsure) parse(payload, slowed(context, 0));
    else payload.value = output;
    forgetStop();
  };
  return parsed(whole, fast);
}

/** Marks a context in which the fast way has failed: how often it was tried on parts since. */
export const trials: unique symbol = Symbol("trials");

/** With more, a value that is wrong at its end would be walked as often as it is deep. */
const maxTrials = 3;

type SlowContext = Context & { readonly [trials]?: number };

function slowed(context: Context, count: number): SlowContext {
  return { ...context, [trials]: count };
}

/** How the parts of a list or a map that is wrong are parsed; most of them are right. */
export interface Parts {
  /** What is put out for a part that is right, or unsure. */
  right(value: unknown, context: SlowContext): unknown;
  /** Parses a part that may be wrong. */
  any(value: unknown, context: SlowContext): Payload;
}

/** How parts of this type are parsed. */
export function partsOf(type: z.ZodType): Parts {
  let fast: Fast | undefined | null = null;
  return {
    right(value, context) {
      if (fast === null) fast = fastOf(type);
      return fast && (context[trials] ?? 0) < maxTrials ? fast(value) : unsure;
    },
    any: (value, context) => run(type, value, slowed(context, (context[trials] ?? 0) + 1)),
  };
}

/** Runs a type on a part of the value; every type of a contract is synchronous. */
export function run(type: z.ZodType, value: unknown, context: Context): Payload {
  return type._zod.run({ value, issues: [] }, context) as Payload;
}

/** `ignore: IGNORE_ALWAYS` on a message: its shape counts, its rules do not. */
export function lax(type: z.ZodType): z.ZodType {
  const parse: Parse = (payload, context) => {
    const { value, issues } = run(type, payload.value, { ...context, skipChecks: true });
    payload.value = value;
    payload.issues.push(...issues);
  };
  // What keeps the rules has the shape.
  return parsed(parse, () => fastOf(type));
}
