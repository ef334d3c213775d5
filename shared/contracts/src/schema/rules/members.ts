import { adopt, violation } from "../issue.ts";
import type { MessageRule } from "../message.ts";
import { isVoid, isZero } from "./presence.ts";

/** A field that a rule of the message names. */
export interface NamedField {
  readonly key: string;
  readonly name: string;
  /** Its key in TypeScript if it is a field of a oneof, which is then at `key`. */
  readonly $case?: string;
  /** Whether it counts as not set if it is zero, because it can't be absent. */
  readonly implicit: boolean;
}

/** A `(buf.validate.message).oneof` rule: at most one of these fields is set; `needed`: exactly one. */
export function onlyOne(fields: readonly NamedField[], needed: boolean): MessageRule {
  const broken = (input: unknown, message: string) => violation(input, "message.oneof", message, false, "");
  const names = fields.map(({ name }) => name).join(", ");
  return (input, payload) => {
    const count = fields.filter((field) => isSet(input, field)).length;
    if (count > 1) payload.issues.push(broken(input, `must have only one of ${names}`));
    if (count === 0 && needed) payload.issues.push(broken(input, `must have one of ${names}`));
  };
}

/** `required` on a field of a oneof: the oneof must be that field. */
export function mustBe(oneofKey: string, $case: string, name: string): MessageRule {
  return (input, payload) => {
    const oneof: unknown = Object.hasOwn(input, oneofKey) ? input[oneofKey] : undefined;
    if (!isCase(oneof, $case))
      adopt(payload, { value: oneof, issues: [violation(oneof, "required", "is required")] }, [oneofKey], () => name);
  };
}

function isCase(oneof: unknown, $case: string): boolean {
  return (
    typeof oneof === "object" &&
    oneof !== null &&
    Object.hasOwn(oneof, "$case") &&
    "$case" in oneof &&
    oneof.$case === $case
  );
}

function isSet(input: Readonly<Record<string, unknown>>, { key, $case, implicit }: NamedField): boolean {
  const value = Object.hasOwn(input, key) ? input[key] : undefined;
  if ($case !== undefined) return isCase(value, $case);
  if (value === undefined) return false;
  return !implicit || !(isZero(value) || isVoid(value));
}
