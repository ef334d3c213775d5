import type { z } from "zod";
import { type Test, untestable } from "./fast.ts";
import { violation } from "./issue.ts";

/** A check of a value that has the right type. */
export interface Rule<T> extends z.core.$ZodCheck<T> {
  /** Returns whether a value keeps the rule, without making an issue, for the fast way. */
  readonly test: (value: T) => boolean;
}

/** Keywords of JSON Schema that each value which keeps a rule fulfills. */
export type Keywords = z.core.JSONSchema.BaseSchema;

/** A rule that reports `message` if the test fails; `json` describes it in JSON Schema. `path`: if it is not the id. */
export function rule<T>(
  id: string,
  test: (value: T) => boolean,
  message: string,
  json?: Keywords,
  path?: string,
): Rule<T> {
  return ruleOf(test, (value) => violation(value, id, message, false, path), json);
}

/** A rule that is described by what it reports. */
export function ruleOf<T>(
  test: (value: T) => boolean,
  issueOf: (value: T) => z.core.$ZodRawIssue,
  json?: Keywords,
): Rule<T> {
  const check: z.core.CheckFn<T> = ({ value, issues }) => {
    if (!test(value)) issues.push(issueOf(value));
  };
  const onattach = json ? [(type: z.core.$ZodType) => describe(type, json)] : [];
  return { test, _zod: { check, def: { check: "custom" }, onattach } };
}

/** Adds keywords to the JSON Schema of a type. */
function describe({ _zod: { bag } }: z.core.$ZodType, json: Keywords): void {
  bag.json = Object.assign(bag.json ?? {}, json);
}

/** Applies rules in order, until one that is final fails. */
export function applyRules<T>(rules: readonly Rule<T>[], payload: z.core.ParsePayload<T>): void {
  for (const { _zod } of rules) {
    _zod.check(payload);
    if (payload.issues.at(-1)?.continue === false) return;
  }
}

/** The tests of checks; only rules of ours have one. */
export function testsOf(checks: readonly object[]): Test[] {
  return checks.map((check) => ("test" in check ? (check as Rule<unknown>).test : untestable)); // Only rules have it.
}
