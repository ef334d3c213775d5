import { type Rule, rule } from "../issue.ts";

type List = readonly unknown[];

/** `min_items` */
export function minItems(count: number): Rule<List> {
  const message = count === 1 ? "must not be empty" : `must have at least ${count} items`;
  return rule("repeated.min_items", (list) => list.length >= count, message);
}

/** `max_items` */
export function maxItems(count: number): Rule<List> {
  const message = `must have at most ${count} ${count === 1 ? "item" : "items"}`;
  return rule("repeated.max_items", (list) => list.length <= count, message);
}

/** `unique`: of numbers, texts, booleans and bytes; NaN differs from itself. */
export function unique(): Rule<List> {
  return rule("repeated.unique", isUnique, "must not have an item twice");
}

/** Whether no item is there twice. */
export function isUnique(list: List): boolean {
  const seen = new Set<unknown>();
  for (const item of list) {
    const key = item instanceof Uint8Array ? item.join() : item;
    if (Number.isNaN(key)) continue;
    if (seen.has(key)) return false;
    seen.add(key);
  }
  return true;
}

/** `min_pairs` */
export function minPairs(count: number): Rule<List> {
  const message = count === 1 ? "must not be empty" : `must have at least ${count} entries`;
  return rule("map.min_pairs", (entries) => entries.length >= count, message);
}

/** `max_pairs` */
export function maxPairs(count: number): Rule<List> {
  return rule("map.max_pairs", (entries) => entries.length <= count, `must have at most ${count} entries`);
}
