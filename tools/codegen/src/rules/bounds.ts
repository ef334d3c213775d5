import type { DescField } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import type { Printable } from "@bufbuild/protoplugin";
import { separated } from "../printing.ts";
import type { RulePrinter, RuleTable } from "./checks.ts";

const names = ["gt", "gte", "lt", "lte"];

/**
 * `gt`, `gte`, `lt` and `lte`. They are one check, because the upper bound may be below the lower one and then means the
 * opposite; the first that is set stands for all.
 *
 * @param print makes the check of the literal that holds the bounds
 * @param bound makes the literal of one bound
 */
export function bounds(
  print: (bounds: Printable) => Printable,
  bound: (rules: ReflectMessage, field: DescField) => Printable,
): RuleTable {
  const range: RulePrinter = (rules, field) => {
    const set = rules.fields.filter((candidate) => names.includes(candidate.name) && rules.isSet(candidate));
    if (set[0] !== field) return undefined;
    return print(["{ ", separated(set.map((each) => [`${each.name}: `, bound(rules, each)])), " }"]);
  };
  return Object.fromEntries(names.map((name) => [name, range]));
}
