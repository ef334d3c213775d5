import type { z } from "zod";

/** Returned by a fast parse if the value may be wrong. The value is then parsed again, slowly, to find the issues. */
export const unsure: unique symbol = Symbol("unsure");

/** Returns whether a value is right. */
export type Test = (value: unknown) => boolean;

/** Parses a value that is right and returns its output; makes no issues. */
export interface Fast {
  (value: unknown): unknown;
  /** If the output is the value itself: the tests that it must pass. Compiled code runs them in place. */
  readonly tests?: readonly Test[];
}

/** The fast way of types that have one, set when the type is made. */
export interface FastInternals {
  fast?: () => Fast;
}

/** The test of a check that has none: it leaves all values to the slow way. */
export const untestable: Test = () => false;

/** The fast way of a type that has only the slow one. */
export const never: Fast = () => unsure;

/** The fast way of a type. */
export function fastOf(type: z.core.$ZodType): Fast {
  return (type._zod as FastInternals).fast?.() ?? never; // Only types of ours have it.
}

/** The fast way of a type whose output is the value itself. */
export function passing(...tests: readonly Test[]): Fast {
  return Object.assign((value: unknown) => (passes(tests, value) ? value : unsure), { tests });
}

/** A fast way followed by more tests of its output. */
export function tested(fast: Fast, tests: readonly Test[]): Fast {
  if (tests.includes(untestable)) return never;
  if (fast.tests) return passing(...fast.tests, ...tests);
  if (tests.length === 0) return fast;
  return (value) => {
    const output = fast(value);
    return output !== unsure && passes(tests, output) ? output : unsure;
  };
}

/** Makes a fast way when it is first asked for, and only once. */
export function once(make: () => Fast): () => Fast {
  let made: Fast | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function passes(tests: readonly Test[], value: unknown): boolean {
  for (const test of tests) if (!test(value)) return false;
  return true;
}
