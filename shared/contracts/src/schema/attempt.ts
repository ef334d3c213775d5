import type { z } from "zod";
import { type Fast, fastOf, never, unsure } from "./fast.ts";
import type { Context, Parse, Payload } from "./payload.ts";
import { forgetStop } from "./stop.ts";

/** Set in a context in which the fast way has failed: how often it was tried on parts since. */
export const trials: unique symbol = Symbol("trials");

/** With more trials, a value that is wrong at its end would be walked as often as it is deep. */
const maxTrials = 3;

type SlowContext = Context & { readonly [trials]?: number };

/** Parses fast; a value that is not right is then parsed slowly with all its parts, which finds the issues. */
export function fastFirst(fast: () => Fast, slow: Parse): Parse {
  return (payload, context) => {
    if (trials in context) return slow(payload, context);
    forgetStop();
    const output = fast()(payload.value);
    if (output === unsure) slow(payload, slowed(context, 0));
    else payload.value = output;
    forgetStop();
  };
}

function slowed(context: Context, count: number): SlowContext {
  return { ...context, [trials]: count };
}

/** Returns how to parse the parts of a list or a map that is wrong, most of which are right. */
export function fastPart(type: z.core.$ZodType, context: SlowContext): Fast {
  const fast = fastOf(type);
  return fast.tests || (context[trials] ?? 0) < maxTrials ? fast : never;
}

/** Parses a part that may be wrong. */
export function slowPart(type: z.core.$ZodType, value: unknown, context: SlowContext): Payload {
  return run(type, value, slowed(context, (context[trials] ?? 0) + 1));
}

/** Runs a type on a part of the value; every type of a contract is synchronous. */
export function run(type: z.core.$ZodType, value: unknown, context: Context): Payload {
  return type._zod.run({ value, issues: [] }, context) as Payload;
}
