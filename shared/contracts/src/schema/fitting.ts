import { type Fast, passing, type Test } from "./fast.ts";
import { mistyped } from "./issue.ts";
import type { Parse } from "./payload.ts";

/** The definition of a scalar that is put out as it is given. */
export interface Fitting {
  /** Returns whether a value has the type. */
  readonly fits: Test;
  /** The message for a value that has not. */
  readonly message: string;
  /** The value of a field that is left out. Default: the zero of zod's type. */
  readonly zero?: unknown;
}

/** Makes both ways of parsing such a scalar. */
export function fitting({ fits, message }: Fitting): { parse: Parse; fast: () => Fast } {
  const parse: Parse = (payload) => {
    if (!fits(payload.value)) mistyped(payload, message);
  };
  return { parse, fast: () => passing(fits) };
}
