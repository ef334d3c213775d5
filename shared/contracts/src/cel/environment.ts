import { type CelInput, celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import type { Registry } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import { RE2JS } from "@bufbuild/re2";
import { functions } from "./functions.ts";

/** The values of the names in an expression. */
export interface Bindings {
  readonly this: CelInput;
  readonly rule?: CelInput;
}

/** What came of an expression; a text is what is wrong, true and an empty text say that nothing is. */
export type Outcome = { readonly result: boolean | string } | { readonly error: string };

/** Compiles an expression; throws where it is malformed. */
export type ExpressionEnvironment = (expression: string) => (bindings: Bindings) => Outcome;

/** Where expressions are evaluated: CEL with its texts extension and the functions of protovalidate. */
export function environment(registry: Registry): ExpressionEnvironment {
  const env = celEnv({ registry, funcs: [...strings, ...functions], re2: { compile } });
  return (expression) => {
    const evaluate = plan(env, parse(expression));
    return (bindings) => outcome(evaluate(withNow(bindings)));
  };
}

/** What `matches()` matches, in the time of RE2 and as protovalidate has it. */
function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern) ?? RE2JS.compile(pattern);
  // Patterns are the contract's; an expression may also make them of what it is given.
  if (compiled.size >= 1_000) compiled.clear();
  compiled.set(pattern, known);
  return known;
}

const compiled = new Map<string, RE2JS>();

/** `now` stays the same within an expression, and is asked for only where the expression does. */
function withNow(bindings: Bindings): Record<string, CelInput> {
  let now: CelInput | undefined;
  return {
    ...bindings,
    get now() {
      now ??= timestampNow();
      return now;
    },
  };
}

function outcome(result: unknown): Outcome {
  if (typeof result === "boolean" || typeof result === "string") return { result };
  return { error: isCelError(result) ? result.message : `the expression gives a ${typeof result}` };
}
