import { type Rule, rule } from "../rule.ts";

/** A google.protobuf.Any, as ts-proto types it. */
interface Any {
  readonly typeUrl: string;
}

/** `in` of an Any: its type URL is one of these. */
export function typeIn(allowed: readonly string[]): Rule<Any> {
  return rule("any.in", ({ typeUrl }) => allowed.includes(typeUrl), `must be of ${allowed.join(" or ")}`);
}

/** `not_in` of an Any: its type URL is none of these. */
export function typeNotIn(refused: readonly string[]): Rule<Any> {
  return rule("any.not_in", ({ typeUrl }) => !refused.includes(typeUrl), `must not be of ${refused.join(" or ")}`);
}
