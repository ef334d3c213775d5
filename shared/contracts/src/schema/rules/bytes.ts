import { type Rule, rule } from "../issue.ts";

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
