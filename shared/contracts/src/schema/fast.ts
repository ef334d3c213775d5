import type { z } from "zod";

/** Returned by a fast parse if the value may be wrong. The value is then parsed again, slowly, to find the issues. */
export const unsure: unique symbol = Symbol("unsure");

/** Parses a value that is right and returns its output; makes no issues. */
export type Fast = (value: unknown) => unknown;

/** The fast way of types that have one, set when the type is made. */
export interface FastInternals {
  fast?: () => Fast | undefined;
}

/** The fast way of a type; undefined: it has only the slow one. */
export function fastOf(type: z.core.$ZodType): Fast | undefined {
  return (type._zod as FastInternals).fast?.(); // Only types of ours have it.
}

/** The fast way of a type, made when the first value is parsed, since messages may contain each other. */
export function lateFast(type: z.core.$ZodType): Fast {
  let known: Fast | undefined;
  return (value) => {
    known ??= fastOf(type) ?? (() => unsure);
    return known(value);
  };
}
