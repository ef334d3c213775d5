import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import type { Printable } from "@bufbuild/protoplugin";
import type { Site } from "./site.ts";

/** Turns one rule, by its name in validate.proto, into the check of a schema; undefined: it checks nothing. */
export type RuleTable = Readonly<Record<string, (rules: ReflectMessage, field: DescField) => Printable | undefined>>;

/** The checks of a rules message (`StringRules`); a rule that the table does not know is a problem, never dropped. */
export function checks(schema: DescMessage, rules: Message, table: RuleTable, site: Site): Printable[] {
  if (rules.$unknown?.length) site.unsupported(`predefined rules of ${schema.name}`);
  const reflected = reflect(schema, rules);
  return reflected.sortedFields.flatMap((field) => {
    if (!reflected.isSet(field)) return [];
    const rule = Object.hasOwn(table, field.name) ? table[field.name] : undefined;
    if (!rule) site.unsupported(`${schema.name.replace(/Rules$/, "").toLowerCase()}.${field.name}`);
    const check = rule?.(reflected, field);
    return check === undefined ? [] : [check];
  });
}
