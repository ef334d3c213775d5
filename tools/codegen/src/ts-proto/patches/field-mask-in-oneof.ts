import type { Patch } from "../patch.ts";

const optionalPaths = /(\$case: '\w+', value: string\[\]) \| undefined(?= \})/g;

/** Requires the paths of a FieldMask in a oneof. ts-proto types them as optional there, and its own code does not compile. */
export const fieldMaskInOneof: Patch = {
  code: (code) => code.replace(optionalPaths, "$1"),
};
