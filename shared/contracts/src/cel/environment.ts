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

/** The result of an expression. A text says what is wrong; true and an empty text mean that nothing is. */
export type Outcome = { readonly result: boolean | string } | { readonly error: string };

/** Compiles an expression; throws if it is malformed. */
export type ExpressionEnvironment = (expression: string) => (bindings: Bindings) => Outcome;

/** Makes the environment of expressions: CEL with its strings extension and the functions of protovalidate. */
export function environment(registry: Registry): ExpressionEnvironment {
  const env = celEnv({ registry, funcs: [...strings, ...functions], re2: { compile } });
  return (expression) => {
    const evaluate = plan(env, parse(expression));
    return (bindings) => outcome(evaluate(withNow(bindings)));
  };
}

/** Implements `matches()` by RE2, as protovalidate does, so that no pattern takes long. */
function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern) ?? RE2JS.compile(pattern);
  // Patterns are the contract's, but an expression may also make one from its input.
  if (compiled.size >= 1_000) compiled.clear();
  compiled.set(pattern, known);
  return known;
}

const compiled = new Map<string, RE2JS>();

/** Reads `now` only if the expression does, and once for each evaluation. */
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
