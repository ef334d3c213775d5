import type { Facts } from "@mesh/codegen/words/facts";

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
  const known = was.kind === "string" ? [...knownLengths].find(([name]) => was.value(name) === true)?.[1] : undefined;
  const [oldLeast, oldMost] = within(sizesOf(was, rules), known);
  return oldLeast <= oldMost && (least > oldLeast || most < oldMost);
}

/** The sizes that all of the rules accept; where those contradict each other, the least is above the most. */
function sizesOf(facts: Facts, [exact, least, most]: SizeRules): [number, number] {
  const bounds = [facts.ordered(least) ?? 0, facts.ordered(most) ?? Number.POSITIVE_INFINITY].map(Number);
  const only = facts.ordered(exact);
  return within(bounds, only === undefined ? undefined : Number(only));
}

function within([least = 0, most = 0]: readonly number[], exact: number | undefined): [number, number] {
  return exact === undefined ? [least, most] : [Math.max(least, exact), Math.min(most, exact)];
}
