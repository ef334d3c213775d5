import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import type { Printable } from "@bufbuild/protoplugin";
import { call, literal, separated, text } from "../printing.ts";
import type { RuleTable } from "./checks.ts";
import { membership, ruleValue, switched } from "./values.ts";

const bounds = ["gt", "gte", "lt", "lte"];

/** The rules of a kind of number: `int32`. */
export function numberRules(kind: string): RuleTable {
  const range: RuleTable[string] = (rules, field) =>
    field.name === setBounds(rules)[0]?.name ? call("range", text(kind), boundsLiteral(rules)) : undefined;
  return {
    ...membership(kind),
    ...Object.fromEntries(bounds.map((bound) => [bound, range])),
    finite: switched("finite", text(kind)),
  };
}

/** All bounds are one check, because the upper one may be below the lower one; the first bound that is set stands for it. */
function setBounds(rules: ReflectMessage) {
  return rules.sortedFields.filter((field) => bounds.includes(field.name) && rules.isSet(field));
}

function boundsLiteral(rules: ReflectMessage): Printable {
  const entries = setBounds(rules).map((field) => [`${field.name}: `, literal(ruleValue(rules, field))]);
  return ["{ ", separated(entries), " }"];
}
