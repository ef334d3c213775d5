import type { z } from "zod";
import type { Payload } from "./payload.ts";

/** The most issues that are reported: a longer list takes time to make and to send, and helps no reader. */
export const maxIssues = 20;

/** The params of our issues. */
export interface IssueParams {
  /** The id of the rule, as protovalidate names it: `string.uuid`. Absent: the value has a wrong type. */
  readonly rule?: string;
  /** The field, by its names in the .proto: `items[0].quantity`. Absent: the value as a whole. */
  readonly field?: string;
  /** The path of the rule, as in a FieldViolation. Absent: the same as `rule`. */
  readonly path?: string;
}

/**
 * An issue that names the rule that is broken; `final`: the rules after this one are skipped.
 *
 * @param path the path of the rule. Default: its id, as for most standard rules
 */
export function violation(
  input: unknown,
  id: string,
  message: string,
  final = false,
  path?: string,
): z.core.$ZodRawIssue {
  return { code: "custom", input, message, path: [], params: { rule: id, path }, continue: !final };
}

/** Adds an issue for a value of a wrong type. */
export function mistyped(payload: Payload, message: string): void {
  payload.issues.push({ code: "custom", input: payload.value, message, path: [], params: {}, continue: false });
}

/** Returns whether a check finds no issue in a value. */
export function keeps(check: (payload: Payload) => void, value: unknown): boolean {
  const payload: Payload = { value, issues: [] };
  check(payload);
  return payload.issues.length === 0;
}

/**
 * Adds the issues of a part to those of the whole, and returns the output of the part.
 *
 * @param keys the path from the value to the part: `["event", "value"]`
 * @param fieldOf makes the field of an issue from the field within the part
 * @param rules the path of the rules of the part, if it is an item, a key or a value: `repeated.items`
 */
export function adopt(
  payload: Payload,
  part: Payload,
  keys: readonly PropertyKey[],
  fieldOf: (inner: string) => string,
  rules?: string,
): unknown {
  for (const issue of part.issues) {
    const params = paramsOf(issue);
    const field = fieldOf(params.field ?? "");
    const own = params.path ?? params.rule;
    const path = rules && own && params.field === undefined ? `${rules}.${own}` : params.path;
    payload.issues.push({ ...issue, params: { ...params, field, path }, path: [...keys, ...(issue.path ?? [])] });
  }
  return part.value;
}

/** Puts a segment of a path, such as `items`, `[0]` or `["key"]`, before the field within a part. */
export function below(segment: string): (inner: string) => string {
  return (inner) => (inner === "" || inner.startsWith("[") ? segment + inner : `${segment}.${inner}`);
}

/** The key of a map in a path, as protovalidate writes it. */
export function subscript(key: unknown): string {
  if (typeof key !== "string") return `[${String(key)}]`;
  return `["${key.replace(/[\\"]/g, "\\$&").replaceAll("\r", "\\r").replaceAll("\n", "\\n")}"]`;
}

/** The params of an issue; those of zod's own types have none. */
export function paramsOf(issue: object): IssueParams {
  const params: unknown = "params" in issue ? issue.params : undefined;
  return (params ?? {}) as IssueParams; // Only our issues have params of these names.
}
