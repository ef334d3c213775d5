import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import type { Printable } from "@bufbuild/protoplugin";
import type { Site } from "./site.ts";

/** Prints the check for a set rule; undefined if the rule checks nothing. */
export type RulePrinter = (rules: ReflectMessage, field: DescField, site: Site) => Printable | undefined;

/** The printers of rules, by their name in validate.proto. */
export type RuleTable = Readonly<Record<string, RulePrinter>>;

/**
 * The checks of rules without problems, by the rules and their table. Equal rules of several fields are one object, so a printer
 * may use a field only to report a problem.
 */
const known = new WeakMap<Message, Map<RuleTable, readonly Printable[]>>();

/** Returns the checks of a rules message, such as StringRules. Reports a rule that is not in the table. */
export function checks(schema: DescMessage, rules: Message, table: RuleTable, site: Site): readonly Printable[] {
  const ofRules = known.get(rules) ?? new Map<RuleTable, readonly Printable[]>();
  known.set(rules, ofRules);
  const before = site.problemCount;
  const printed = ofRules.get(table) ?? print(schema, rules, table, site);
  // Problems are reported for each field.
  if (site.problemCount === before) ofRules.set(table, printed);
  return printed;
}

function print(schema: DescMessage, rules: Message, table: RuleTable, site: Site): Printable[] {
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
