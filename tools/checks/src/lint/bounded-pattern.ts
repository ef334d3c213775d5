/**
 * Returns true if a JavaScript regular expression matches only whole strings of limited length. Returns false if that is
 * uncertain.
 */
export function isBoundedPattern(source: string): boolean {
  // A character class or an escape matches one character, so it can be replaced by any other character.
  const shape = source
    .replace(/\\(?:[pPu]\{[^}]*\}|[\s\S])/gu, "x")
    .replace(/\[[^\]]*\]/gu, "x")
    .replaceAll("(?:", "(");
  const inner = /^\^(.*)\$$/su.exec(shape)?.[1];
  if (inner === undefined || /[*+]|\{\d+,\}/u.test(inner)) return false;
  return !hasOuterChoice(inner);
}

/** Returns true for `a|b` outside of parentheses: in `^a|b$` each anchor belongs to one alternative only. */
function hasOuterChoice(shape: string): boolean {
  let depth = 0;
  for (const character of shape) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "|" && depth === 0) return true;
  }
  return false;
}
