import type { DescField } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import { call, literals } from "../printing.ts";
import { bounds } from "./bounds.ts";
import type { RuleTable } from "./checks.ts";
import { ruleValues, silent, switched } from "./values.ts";

/** Returns the value of a rule that is a message. */
export function messageValue<T>(rules: ReflectMessage, field: DescField): T {
  return (rules.get(field) as ReflectMessage).message as unknown as T; // The tables know the type of each rule.
}

/** The rules of timestamps. */
export const timestampRules: RuleTable = {
  const: (rules, field) => call("timeConstant", nanosLiteral(messageValue(rules, field))),
  ...bounds(
    (literal) => call("timeRange", literal),
    (rules, field) => nanosLiteral(messageValue(rules, field)),
  ),
  lt_now: switched("past"),
  gt_now: switched("future"),
  within: (rules, field) => call("within", nanosLiteral(messageValue(rules, field))),
  example: silent,
};

/** The rules of durations. */
export const durationRules: RuleTable = {
  const: (rules, field) => call("durationConstant", nanosLiteral(messageValue(rules, field))),
  ...bounds(
    (literal) => call("durationRange", literal),
    (rules, field) => nanosLiteral(messageValue(rules, field)),
  ),
  in: (rules, field) => call("durationIn", nanosLiterals(rules, field)),
  not_in: (rules, field) => call("durationNotIn", nanosLiterals(rules, field)),
  example: silent,
};

function nanosLiterals(rules: ReflectMessage, field: DescField) {
  return literals(ruleValues<ReflectMessage>(rules, field).map(({ message }) => nanos(message as Duration)));
}

function nanosLiteral(value: Timestamp | Duration): string {
  return `${nanos(value)}n`;
}

function nanos(value: Timestamp | Duration): bigint {
  return value.seconds * 1_000_000_000n + BigInt(value.nanos);
}
