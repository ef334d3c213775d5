import { call, literal, text } from "../printing.ts";
import { bounds } from "./bounds.ts";
import type { RuleTable } from "./checks.ts";
import { membership, ruleValue, switched } from "./values.ts";

/** The rules of a kind of number: `int32`. */
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
