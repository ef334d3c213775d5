import type { RuleSet } from "../../rules/rule-set.ts";

/** The names of the rules for one size. */
export type SizeRules = readonly [exact: string, least: string, most: string];

/** The lengths of well-known formats, the same in characters and bytes. */
const knownLengths = new Map([
  ["uuid", 36],
  ["tuuid", 32],
  ["ulid", 26],
]);

/** Returns true if the rules for a size exclude one that the rules before accepted. */
export function isSizeTighter(was: RuleSet, is: RuleSet, rules: SizeRules): boolean {
  const [least, most] = sizesOf(is, rules);
  const known = was.kind === "string" ? [...knownLengths].find(([name]) => was.value(name) === true)?.[1] : undefined;
  const [oldLeast, oldMost] = within(sizesOf(was, rules), known);
  return oldLeast <= oldMost && (least > oldLeast || most < oldMost);
}

/** Returns the smallest and the largest accepted size. If the rules contradict each other, the first is larger. */
function sizesOf(rules: RuleSet, [exact, least, most]: SizeRules): [number, number] {
  const bounds = [rules.ordered(least) ?? 0, rules.ordered(most) ?? Number.POSITIVE_INFINITY].map(Number);
  const only = rules.ordered(exact);
  return within(bounds, only === undefined ? undefined : Number(only));
}

function within([least = 0, most = 0]: readonly number[], exact: number | undefined): [number, number] {
  return exact === undefined ? [least, most] : [Math.max(least, exact), Math.min(most, exact)];
}
