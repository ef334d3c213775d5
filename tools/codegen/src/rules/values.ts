import type { DescField } from "@bufbuild/protobuf";
import { isReflectList, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import type { Printable } from "@bufbuild/protoplugin";
import { call, literal, literals, text } from "../printing.ts";
import type { RulePrinter, RuleTable } from "./checks.ts";

/** What a rule can hold. */
export type Scalar = string | number | bigint | boolean | Uint8Array;

/** The value of a rule that holds a scalar. */
export function ruleValue(rules: ReflectMessage, field: DescField): Scalar {
  return rules.get(field) as Scalar; // The tables say which rules hold scalars.
}

/** The values of a rule that holds a list of scalars or messages. */
export function ruleValues<T = string | number | bigint | Uint8Array>(rules: ReflectMessage, field: DescField): T[] {
  const list = rules.get(field);
  return isReflectList(list) ? ([...list] as T[]) : [];
}

/** A rule that is a count, which validate.proto declares as uint64: `min_len`. */
export function counted(check: string): RulePrinter {
  return (rules, field) => call(check, String(ruleValue(rules, field)));
}

/** A rule that takes its value: `prefix`. */
export function valued(check: string): RulePrinter {
  return (rules, field) => call(check, literal(ruleValue(rules, field)));
}

/** A rule that takes a list of values: `in`. */
export function listed(check: string): RulePrinter {
  return (rules, field) => call(check, literals(ruleValues(rules, field)));
}

/** A rule that is on or off: `unique`. */
export function switched(check: string, ...args: readonly Printable[]): RulePrinter {
  return (rules, field) => (ruleValue(rules, field) ? call(check, ...args) : undefined);
}

/** A rule that says nothing about the value: `example`. */
export const silent: RulePrinter = () => undefined;

/** `const`, `in` and `not_in`, whose ids begin with the kind: `string.const`. */
export function membership(kind: string): RuleTable {
  return {
    const: (rules, field) => call("constant", text(kind), literal(ruleValue(rules, field))),
    in: (rules, field) => call("oneOf", text(kind), literals(ruleValues(rules, field))),
    not_in: (rules, field) => call("noneOf", text(kind), literals(ruleValues(rules, field))),
    example: silent,
  };
}
