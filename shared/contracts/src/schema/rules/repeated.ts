import { type Rule, rule } from "../rule.ts";
import { latin1 } from "./bytes.ts";

type List = readonly unknown[];

/** A list, a map or bytes, of which only the size matters. */
export interface Sized {
  readonly length: number;
}

/** `min_items` */
export function minItems(count: number): Rule<List> {
  const message = count === 1 ? "must not be empty" : `must have at least ${count} items`;
  return rule("repeated.min_items", (list) => list.length >= count, message, { minItems: count });
}

/** `max_items` */
export function maxItems(count: number): Rule<List> {
  const message = `must have at most ${count} ${count === 1 ? "item" : "items"}`;
  return rule("repeated.max_items", (list) => list.length <= count, message, { maxItems: count });
}

/** `unique`: of numbers, texts, booleans and bytes; NaN differs from itself. */
export function unique(): Rule<List> {
  return rule("repeated.unique", isUnique, "must not have an item twice", { uniqueItems: true });
}

/** `unique` of floats: two numbers that are one in 32 bits are the same. */
export function uniqueFloats(): Rule<List> {
  const test = (list: List) => isUnique(list.map((item) => (typeof item === "number" ? Math.fround(item) : item)));
  return rule("repeated.unique", test, "must not have an item twice", { uniqueItems: true });
}

/** Returns whether no item occurs twice. */
export function isUnique(list: List): boolean {
  const keys = list.some(isBytes) ? list.map((item) => (isBytes(item) ? latin1(item) : item)) : list;
  const distinct = new Set(keys).size;
  // To a set, all NaN are one; here each differs from all others.
  return distinct === keys.length || distinct === keys.length - Math.max(0, keys.filter(Number.isNaN).length - 1);
}

function isBytes(item: unknown): item is Uint8Array {
  return item instanceof Uint8Array;
}

/** `min_pairs` */
export function minPairs(count: number): Rule<Sized> {
  const message = count === 1 ? "must not be empty" : `must have at least ${count} entries`;
  return rule("map.min_pairs", ({ length }) => length >= count, message);
}

/** `max_pairs` */
export function maxPairs(count: number): Rule<Sized> {
  return rule("map.max_pairs", ({ length }) => length <= count, `must have at most ${count} entries`);
}
