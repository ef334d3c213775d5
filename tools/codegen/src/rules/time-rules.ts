import { type DescField, type DescMessage, isMessage, type MessageShape } from "@bufbuild/protobuf";
import { isReflectMessage, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { type Duration, DurationSchema, type Timestamp, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { call, literals } from "../printing.ts";
import { bounds } from "./bounds.ts";
import type { RuleTable } from "./checks.ts";
import { ruleValues, silent, switched } from "./values.ts";

/** Returns the value of a rule that is a message. @throws Error if it is a message of another type */
export function messageValue<D extends DescMessage>(rules: ReflectMessage, field: DescField, desc: D): MessageShape<D> {
  const value = rules.get(field);
  const message = isReflectMessage(value) ? value.message : undefined;
  if (!isMessage(message, desc)) throw new Error(`the rule ${field.name} is no ${desc.typeName}`);
  return message;
}

/** The rules of timestamps. */
export const timestampRules: RuleTable = {
  const: (rules, field) => call("timeConstant", nanosLiteral(messageValue(rules, field, TimestampSchema))),
  ...bounds(
    (literal) => call("timeRange", literal),
    (rules, field) => nanosLiteral(messageValue(rules, field, TimestampSchema)),
  ),
  lt_now: switched("past"),
  gt_now: switched("future"),
  within: (rules, field) => call("within", nanosLiteral(messageValue(rules, field, DurationSchema))),
  example: silent,
};

/** The rules of durations. */
export const durationRules: RuleTable = {
  const: (rules, field) => call("durationConstant", nanosLiteral(messageValue(rules, field, DurationSchema))),
  ...bounds(
    (literal) => call("durationRange", literal),
    (rules, field) => nanosLiteral(messageValue(rules, field, DurationSchema)),
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
