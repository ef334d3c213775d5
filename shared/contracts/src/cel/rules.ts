import type { CelInput } from "@bufbuild/cel";
import type { z } from "zod";
import { maxIssues, paramsOf, violation } from "../schema/issue.ts";
import type { MessageRule } from "../schema/message.ts";
import type { Payload } from "../schema/payload.ts";
import { isVoid, isZero } from "../schema/rules/presence.ts";
import { extend } from "../schema/type.ts";
import type { Outcome } from "./environment.ts";
import type { RuleMessage } from "./rule-message.ts";
import type { CelTypes } from "./types.ts";
import { celMessage, celValue, type Part } from "./value.ts";

/** An expression of a contract. */
export interface Expression {
  readonly id: string;
  readonly expression: string;
  /** The message if the result is false. Empty: the result itself if it is a text, otherwise the expression. */
  readonly message?: string;
  /** The path of the rule, as in a FieldViolation. */
  readonly path?: string;
  /** The value of a predefined rule, `rule` in the expression. */
  readonly rule?: CelInput | RuleMessage;
}

/** The values that an expression checks. */
export interface Subject {
  readonly message: string;
  readonly field: string;
  readonly part: Part;
  /** Whether zero values are skipped. A number: that value is the zero, as the first of its enum. */
  readonly unlessZero?: boolean | number;
}

/** Adds expressions to the type of a field, an item, a key or a value. */
export function withCel<T extends z.ZodType>(
  types: CelTypes,
  subject: Subject,
  type: T,
  expressions: readonly Expression[],
): T {
  const evaluate = evaluated(types, expressions);
  return extend(type, {
    after(payload) {
      const { value } = payload;
      if (isBroken(payload) || isSkipped(subject, value)) return;
      evaluate(() => celValue(types.field(subject.message, subject.field), subject.part, value), payload);
    },
  });
}

function isSkipped({ unlessZero = false }: Subject, value: unknown): boolean {
  if (typeof unlessZero === "number") return value === unlessZero;
  return unlessZero && (isZero(value) || isVoid(value));
}

/** Makes the rule of a message from its expressions. */
export function messageCel(types: CelTypes, typeName: string, expressions: readonly Expression[]): MessageRule {
  const check = evaluated(types, expressions);
  return (input, payload) => {
    if (!isBroken(payload)) check(() => celMessage(types.message(typeName), input), payload);
  };
}

/** Returns whether expressions are skipped: the value has a wrong type, lacks a required field, or has enough issues. */
function isBroken({ issues }: Payload): boolean {
  if (issues.length >= maxIssues) return true;
  return issues.some((issue) => {
    const { rule, field } = paramsOf(issue);
    return rule === undefined || (issue.continue === false && !field);
  });
}

interface Compiled extends Expression {
  readonly rule?: CelInput;
  readonly evaluate: (bindings: { this: CelInput; rule?: CelInput }) => Outcome;
}

/** Expressions are compiled when the first value is checked. */
function evaluated(types: CelTypes, expressions: readonly Expression[]) {
  let compiled: readonly Compiled[] | undefined;
  return (subject: () => CelInput, payload: Payload): void => {
    compiled ??= expressions.map(({ rule, ...one }) => ({
      ...one,
      ...(rule !== undefined && { rule: typeof rule === "function" ? rule() : rule }),
      evaluate: types.environment(one.expression),
    }));
    for (const { id, expression, message, rule, path = "", evaluate } of compiled) {
      const outcome = attempted(() => evaluate(rule === undefined ? { this: subject() } : { this: subject(), rule }));
      const wrong = complaint(outcome, expression, message);
      if (wrong !== undefined) payload.issues.push(violation(payload.value, id, wrong, false, path));
    }
  };
}

function attempted(evaluate: () => Outcome): Outcome {
  try {
    return evaluate();
  } catch (cause) {
    return { error: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** Returns what is wrong. An expression that fails on a value rejects it: it can't show that the value is right. */
function complaint(outcome: Outcome, expression: string, message = ""): string | undefined {
  if ("error" in outcome) return message || `can't be checked: ${outcome.error}`;
  if (outcome.result === true || outcome.result === "") return undefined;
  return message || (outcome.result === false ? `"${expression}" returned false` : outcome.result);
}
