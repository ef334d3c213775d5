import { violation } from "../issue.ts";
import { type Rule, rule, ruleOf } from "../rule.ts";
import type { Matcher } from "./string.ts";

/** `const` */
export function equalBytes(expected: Uint8Array): Rule<Uint8Array> {
  return rule("bytes.const", (value) => equal(value, expected), `must be ${hex(expected)}`);
}

/** `len`: exactly as many bytes. */
export function lengthOf(count: number): Rule<Uint8Array> {
  return rule("bytes.len", (value) => value.length === count, `must be ${count} bytes long`);
}

/** `min_len` */
export function minLength(count: number): Rule<Uint8Array> {
  return rule("bytes.min_len", (value) => value.length >= count, `must be at least ${count} bytes long`);
}

/** `max_len` */
export function maxLength(count: number): Rule<Uint8Array> {
  return rule("bytes.max_len", (value) => value.length <= count, `must be at most ${count} bytes long`);
}

/** `pattern`; bytes that are no UTF-8 do not match. */
export function bytesPattern(expression: Matcher, source: string): Rule<Uint8Array> {
  const test = (value: Uint8Array) => {
    const text = decode(value);
    return text !== undefined && expression.test(text);
  };
  return rule("bytes.pattern", test, `must match ${source}`);
}

/** `prefix` */
export function bytesPrefix(part: Uint8Array): Rule<Uint8Array> {
  const test = (value: Uint8Array) => equal(value.subarray(0, part.length), part);
  return rule("bytes.prefix", test, `must start with ${hex(part)}`);
}

/** `suffix` */
export function bytesSuffix(part: Uint8Array): Rule<Uint8Array> {
  const test = (value: Uint8Array) =>
    value.length >= part.length && equal(value.subarray(value.length - part.length), part);
  return rule("bytes.suffix", test, `must end with ${hex(part)}`);
}

/** `contains` */
export function bytesContain(part: Uint8Array): Rule<Uint8Array> {
  return rule("bytes.contains", (value) => latin1(value).includes(latin1(part)), `must contain ${hex(part)}`);
}

/** `in` */
export function bytesIn(allowed: readonly Uint8Array[]): Rule<Uint8Array> {
  const test = (value: Uint8Array) => allowed.some((item) => equal(item, value));
  return rule("bytes.in", test, `must be one of ${allowed.map(hex).join(", ")}`);
}

/** `not_in` */
export function bytesNotIn(refused: readonly Uint8Array[]): Rule<Uint8Array> {
  const test = (value: Uint8Array) => !refused.some((item) => equal(item, value));
  return rule("bytes.not_in", test, `must not be ${refused.map(hex).join(" or ")}`);
}

/** `ip`, `ipv4`, `ipv6` and `uuid`, which only limit how many bytes there are; no bytes break a rule of their own. */
export function bytesFormat(name: string, noun: string, lengths: readonly number[]): Rule<Uint8Array> {
  const path = `bytes.${name}`;
  return ruleOf(
    ({ length }) => lengths.includes(length),
    (value) => violation(value, `${path}${value.length === 0 ? "_empty" : ""}`, `must be ${noun}`, false, path),
  );
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function hex(value: Uint8Array): string {
  return `0x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** A call takes some ten thousand arguments at most. */
const maxArguments = 8_192;

/** Up to here single characters are put together faster than arguments. */
const fewBytes = 32;

/** One character per byte. */
export function latin1(value: Uint8Array): string {
  let text = "";
  if (value.length <= fewBytes) {
    for (let at = 0; at < value.length; at++) text += String.fromCharCode(value[at] ?? 0);
    return text;
  }
  for (let at = 0; at < value.length; at += maxArguments) {
    const part = value.length <= maxArguments ? value : value.subarray(at, at + maxArguments);
    text += String.fromCharCode.apply(null, part as unknown as number[]); // It takes whatever is like an array.
  }
  return text;
}

function decode(value: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(value);
  } catch {
    return undefined;
  }
}
