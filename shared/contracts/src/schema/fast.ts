import type { z } from "zod";
import { type Rule, testOf } from "./issue.ts";

/** What a fast parse answers where the value may be wrong: the whole is then parsed again, to say what is wrong. */
export const unsure: unique symbol = Symbol("unsure");

/** Parses a value that is right without noting anything down; the answer is what is put out. */
export type Fast = (value: unknown) => unknown;

/** How to parse a type fast; undefined: only slowly. */
export function fastOf(type: z.ZodType): Fast | undefined {
  const def = type._zod.def as Definition; // Of zod's definitions only these properties are read.
  const base = def.fast?.() ?? zodBases[def.type];
  const tests = testsOf(def.checks?.map((check) => check._zod.check) ?? []);
  if (!base || !tests) return undefined;
  const [first, second, ...rest] = tests;
  if (!first) return base;
  return (value) => {
    const output = base(value);
    if (output === unsure || !first(output) || (second && !second(output))) return unsure;
    for (const test of rest) if (!test(output)) return unsure;
    return output;
  };
}

/** The tests of rules; undefined: one of them is none. */
export function testsOf(rules: readonly unknown[]): ((value: unknown) => boolean)[] | undefined {
  const tests = rules.map((rule) => testOf(rule as Rule<unknown>)); // Of checks only that property is read.
  return tests.every((test) => test !== undefined) ? tests : undefined;
}

interface Definition {
  readonly type: string;
  readonly fast?: () => Fast | undefined;
  readonly checks?: readonly { readonly _zod: { readonly check: unknown } }[];
}

const zodBases: Readonly<Record<string, Fast>> = {
  string: (value) => (typeof value === "string" ? value : unsure),
  boolean: (value) => (typeof value === "boolean" ? value : unsure),
  date: (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? value : unsure),
};
