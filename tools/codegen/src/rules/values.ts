import { type DescField, ScalarType } from "@bufbuild/protobuf";
import { isReflectList, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import type { Printable } from "@bufbuild/protoplugin";
import { shortFloat } from "@mesh/contracts/short-float";
import { call, literal, literals, text } from "../printing.ts";
import type { RulePrinter, RuleTable } from "./checks.ts";

/** A scalar value of a rule. */
export type Scalar = string | number | bigint | boolean | Uint8Array;

/** Returns the value of a rule that is a scalar. */
export function ruleValue(rules: ReflectMessage, field: DescField): Scalar {
  return shortScalar(field, rules.get(field) as Scalar); // The tables know the type of each rule.
}

/** Returns the values of a rule that is a list of scalars or messages. */
export function ruleValues<T = string | number | bigint | Uint8Array>(rules: ReflectMessage, field: DescField): T[] {
  const list = rules.get(field);
  return isReflectList(list) ? ([...list].map((value) => shortScalar(field, value)) as T[]) : [];
}

/** Returns a float as the contract has it, 0.1, and other values as they are. */
export function shortScalar<T>(field: DescField, value: T): T | number {
  return field.scalar === ScalarType.FLOAT && typeof value === "number" ? shortFloat(value) : value;
}

/** Prints a rule whose value is a count, a uint64 in validate.proto: `min_len`. */
export function counted(check: string): RulePrinter {
  return (rules, field) => call(check, String(ruleValue(rules, field)));
}

/** Prints a rule with its value: `prefix`. */
export function valued(check: string): RulePrinter {
  return (rules, field) => call(check, literal(ruleValue(rules, field)));
}

/** Prints a rule with a list of values: `in`. */
export function listed(check: string): RulePrinter {
  return (rules, field) => call(check, literals(ruleValues(rules, field)));
}

/** Prints a rule that is on or off: `unique`. */
export function switched(check: string, ...args: readonly Printable[]): RulePrinter {
  return (rules, field) => (ruleValue(rules, field) ? call(check, ...args) : undefined);
}

/** Prints nothing, for a rule that does not check the value: `example`. */
export const silent: RulePrinter = () => undefined;

/** Returns the rules `const`, `in` and `not_in`, whose ids begin with the kind: `string.const`. */
export function membership(kind: string): RuleTable {
  return {
    const: (rules, field) => call("constant", text(kind), literal(ruleValue(rules, field))),
    in: (rules, field) => call("oneOf", text(kind), literals(ruleValues(rules, field))),
    not_in: (rules, field) => call("noneOf", text(kind), literals(ruleValues(rules, field))),
    example: silent,
  };
}
