/** Returns true if a pattern of RE2 matches only whole strings of limited length. Returns false if that is uncertain. */
export function isBoundedPattern(pattern: string): boolean {
  // Escapes and classes count as one character, groups of any kind as groups.
  const shape = pattern
    .replace(/^(?:\(\?[is]+\))?\\A/u, "^")
    .replace(/^\(\?[is]+\)/u, "")
    .replace(/\\z$/u, "$")
    .replace(/\\(?:[pP]\{[^}]*\}|x\{[^}]*\}|[^Q])/gsu, "x")
    .replace(/\[\^?\]?(?:\[:\^?\w+:\]|[^\]])*\]/gu, "x")
    .replace(/\(\?(?::|P?<\w+>)/gu, "(");
  const inner = /^\^(.*)\$$/su.exec(shape)?.[1];
  // `(?` sets flags, of which one changes `^` and `$`; `\Q` starts a quotation.
  if (inner === undefined || /[*+]|\{\d+,\}|\(\?|\\/u.test(inner)) return false;
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
