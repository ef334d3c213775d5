import type { z } from "zod";
import type { Payload } from "./parsed.ts";

/** The most issues that are reported; a longer list helps nobody and costs whoever reads it. */
export const maxIssues = 20;

/** What our issues carry beside zod's own properties. */
export interface IssueParams {
  /** The id of the rule, as protovalidate names it: `string.uuid`. Absent: the value is of a wrong type. */
  readonly rule?: string;
  /** The field in the .proto's names: `items[0].quantity`. Absent: the value as a whole. */
  readonly field?: string;
}

/** What checks a value that has the right type. */
export type Rule<T> = z.core.CheckFn<T>;

/** A rule that says `message` where the test fails; `final`: what stands behind it is not looked at. */
export function rule<T>(id: string, test: (value: T) => boolean, message: string, final = false): Rule<T> {
  const check: Rule<T> = (payload) => {
    if (!test(payload.value)) payload.issues.push(violation(payload.value, id, message, final));
  };
  return tested(check, test);
}

/** A rule that also says yes or no, so that what is right is checked without noting anything down. */
export function tested<T>(check: Rule<T>, test: (value: T) => boolean): Rule<T> {
  return Object.assign(check, { test });
}

/** The test of a rule; undefined: it only notes what is wrong. */
export function testOf<T>(check: Rule<T>): ((value: T) => boolean) | undefined {
  return "test" in check ? (check as Rule<T> & { test: (value: T) => boolean }).test : undefined; // Put there by tested().
}

/** An issue that names the rule that is broken. */
export function violation(input: unknown, id: string, message: string, final = false): z.core.$ZodRawIssue {
  return { code: "custom", input, message, path: [], params: { rule: id }, continue: !final };
}

/** Adds an issue for a value of a wrong type. */
export function mistyped(payload: Payload, message: string, field?: string): void {
  const params: IssueParams = field === undefined ? {} : { field };
  payload.issues.push({ code: "custom", input: payload.value, message, path: [], params, continue: false });
}

/**
 * Hands the issues of a part on to the whole, and answers what is put out for the part.
 *
 * @param keys where the part is in the value: `["event", "value"]`
 * @param segment where it is in the .proto's names: `placed`, `[0]`, `["key"]`; empty: the issues say that themselves
 */
export function adopt(payload: Payload, part: Payload, keys: readonly PropertyKey[], segment: string): unknown {
  for (const issue of part.issues) {
    const params: IssueParams = (issue.params as IssueParams | undefined) ?? {};
    const field = joinPath(segment, params.field ?? "");
    payload.issues.push({ ...issue, params: { ...params, field }, path: [...keys, ...(issue.path ?? [])] });
  }
  return part.value;
}

function joinPath(segment: string, rest: string): string {
  return segment === "" || rest === "" || rest.startsWith("[") ? segment + rest : `${segment}.${rest}`;
}
