import { call, literal, text } from "../printing.ts";
import { bounds } from "./bounds.ts";
import type { RuleTable } from "./checks.ts";
import { membership, ruleValue, switched } from "./values.ts";

/** Returns the rules of a kind of number, such as `int32`. */
export function numberRules(kind: string): RuleTable {
  return {
    ...membership(kind),
    ...bounds(
      (literal) => call("range", text(kind), literal),
      (rules, field) => literal(ruleValue(rules, field)),
    ),
    finite: switched("finite", text(kind)),
  };
}
