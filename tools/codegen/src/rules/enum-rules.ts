import type { DescEnum } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { call, literals, text } from "../printing.ts";
import type { RuleTable } from "./checks.ts";
import { ruleValue, ruleValues, silent, switched } from "./values.ts";

/** Returns the rules of an enum. */
export function enumRules(desc: DescEnum): RuleTable {
  const named = (numbers: readonly unknown[]) => namedValues(desc, numbers.map(Number));
  return {
    const: (rules, field) => call("among", text("enum.const"), named([ruleValue(rules, field)])),
    in: (rules, field) => call("among", text("enum.in"), named(ruleValues(rules, field))),
    not_in: (rules, field) => call("excluded", named(ruleValues(rules, field))),
    defined_only: switched("defined", literals(desc.values.map(({ number }) => number))),
    example: silent,
  };
}

/** Returns a literal of numbers and their names: `{ 1: "ORDER_STATUS_PENDING" }`. */
function namedValues(desc: DescEnum, numbers: readonly number[]): Printable {
  const entries = numbers.map((number) => {
    const value = desc.values.find((candidate) => candidate.number === number);
    return `${number < 0 ? `"${number}"` : number}: ${text(value?.name ?? String(number))}`;
  });
  return `{ ${entries.join(", ")} }`;
}
