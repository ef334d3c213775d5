import type { DescEnum } from "@bufbuild/protobuf";
import { call, literals, text } from "../printing.ts";
import type { RuleTable } from "./checks.ts";
import { membership, ruleValues, switched } from "./values.ts";

/** The rules of an enum. */
export function enumRules(desc: DescEnum): RuleTable {
  const numbers = literals(desc.values.map(({ number }) => number));
  return {
    ...membership("enum"),
    defined_only: switched("defined", numbers),
    not_in: (rules, field) => {
      const refused = ruleValues(rules, field);
      const names = refused.map(
        (number) => desc.values.find((value) => value.number === number)?.name ?? String(number),
      );
      return call("excluded", literals(refused), ["[", names.map(text).join(", "), "]"]);
    },
  };
}
