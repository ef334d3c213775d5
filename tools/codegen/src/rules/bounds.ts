import type { DescField } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import type { Printable } from "@bufbuild/protoplugin";
import { separated } from "../printing.ts";
import type { RulePrinter, RuleTable } from "./checks.ts";

const names = ["gt", "gte", "lt", "lte"];

/**
 * Returns the printers of `gt`, `gte`, `lt` and `lte`. They are one check, which the first set rule prints, because an
 * upper bound below the lower one inverts the range.
 *
 * @param print returns the check for a literal with all bounds
 * @param bound returns the literal of one bound
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
