/** Whether an expression of JavaScript matches whole texts of limited length only; says no where it is not sure. */
export function isBoundedPattern(source: string): boolean {
  // Of a class and of an escape only that they are one character counts.
  const shape = source
    .replace(/\\(?:[pPu]\{[^}]*\}|[\s\S])/gu, "x")
    .replace(/\[[^\]]*\]/gu, "x")
    .replaceAll("(?:", "(");
  const inner = /^\^(.*)\$$/su.exec(shape)?.[1];
  if (inner === undefined || /[*+]|\{\d+,\}/u.test(inner)) return false;
  return !hasOuterChoice(inner);
}

/** `^a|b$` begins with one and ends with the other. */
function hasOuterChoice(shape: string): boolean {
  let depth = 0;
  for (const character of shape) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "|" && depth === 0) return true;
  }
  return false;
}
