import { fastOf, unsure } from "../fast.ts";
import { type Field, isInherited } from "../field.ts";

/** Reads the fields of an object and returns a new message, or `unsure` if a field may be wrong. */
export type Reader = (input: Readonly<Record<string, unknown>>) => unknown;

/** The reader of these fields as a loop. */
export function readerOf(fields: readonly Field[]): Reader {
  const entries = fields.map((field) => ({ ...field, parse: fastOf(field.type) }));
  return (input) => {
    const output: Record<string, unknown> = {};
    for (const { key, initial, isOptional, parse } of entries) {
      const given = Object.hasOwn(input, key) ? input[key] : undefined;
      const value = given === undefined ? initial : given;
      if (value === undefined && isOptional) {
        if (isInherited(key)) output[key] = undefined;
        continue;
      }
      output[key] = parse(value);
      if (output[key] === unsure) return unsure;
    }
    return output;
  };
}
