import { type Fast, lateFast, unsure } from "../fast.ts";
import type { Field } from "../field.ts";

/** Reads the fields of an object and returns a new message, or `unsure` if a field may be wrong. */
export type Reader = (input: Readonly<Record<string, unknown>>) => unknown;

/** The reader of these fields as a loop. */
export function readerOf(fields: readonly Field[]): Reader {
  const entries = fields.map((field) => [field.key, valueReader(field)] as const);
  return (input) => {
    const output: Record<string, unknown> = {};
    for (const [key, read] of entries) {
      const value = read(Object.hasOwn(input, key) ? input[key] : undefined);
      if (value === unsure) return unsure;
      if (value !== undefined) output[key] = value;
    }
    return output;
  };
}

/** Parses the value of a field, undefined if it is left out; returns undefined for a field that stays absent. */
export function valueReader({ type, initial, absence }: Field): Fast {
  const parse = lateFast(type);
  const absent = absence ? unsure : undefined;
  return (value = initial) => (value === undefined ? absent : parse(value));
}
