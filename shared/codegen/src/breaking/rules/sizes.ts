import type { Facts } from "../../words/facts.ts";

/** The rules of one size: exactly, at least, at most. */
export type SizeRules = readonly [exact: string, least: string, most: string];

/** How many characters, which are bytes, a text of a well-known format has. */
const knownLengths = new Map([
  ["uuid", 36],
  ["tuuid", 32],
  ["ulid", 26],
]);

/** Whether rules on a size leave out one that the rules before accepted. */
export function isSizeTighter(was: Facts, is: Facts, rules: SizeRules): boolean {
  const [least, most] = sizesOf(is, rules);
  const known = was.kind === "string" ? [...knownLengths].find(([name]) => was.has(name))?.[1] : undefined;
  const [oldLeast, oldMost] = known === undefined ? sizesOf(was, rules) : [known, known];
  return least > oldLeast || most < oldMost;
}

function sizesOf(facts: Facts, [exact, least, most]: SizeRules): [number, number] {
  const only = facts.ordered(exact);
  if (only !== undefined) return [Number(only), Number(only)];
  return [Number(facts.ordered(least) ?? 0), Number(facts.ordered(most) ?? Number.POSITIVE_INFINITY)];
}
