import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import type { Printable } from "@bufbuild/protoplugin";
import type { Site } from "./site.ts";

/** Prints the check for a set rule; undefined if the rule checks nothing. */
export type RulePrinter = (rules: ReflectMessage, field: DescField, site: Site) => Printable | undefined;

/** The printers of rules, by their name in validate.proto. */
export type RuleTable = Readonly<Record<string, RulePrinter>>;

/** Returns the checks of a rules message, such as StringRules. Reports a rule that is not in the table. */
export function checks(schema: DescMessage, rules: Message, table: RuleTable, site: Site): Printable[] {
  const reflected = reflect(schema, rules);
  return reflected.fields.flatMap((field) => {
    if (!reflected.isSet(field)) return [];
    const at = site.within(field.number);
    const print = Object.hasOwn(table, field.name) ? table[field.name] : undefined;
    if (!print) at.unsupported(at.rulePath);
    const check = print?.(reflected, field, at);
    return check === undefined ? [] : [check];
  });
}
