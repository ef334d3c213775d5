/** The ways to fix what buf complains about. */
const fixes: readonly (readonly [complaint: RegExp, fix: string])[] = [
  [/^imported file does not exist$/, "correct the path, which starts in the folder of the contracts, or add the file"],
  [/^cannot find `.*` in this scope$/, "correct the name, declare it, or import the file that does"],
  [/declared multiple times$/, "rename one of them"],
  [/^field number `\d+` used more than once$/, "give this field an unused number"],
  [/the same (?:\(default\) )?JSON name$/, "rename one of them"],
  [/^detected cyclic import/, "move what both files need into a third one"],
  [/^(?:unexpected|missing) /, "correct the syntax here or just before"],
];

/** Adds a way to fix it to a complaint of buf, if one is known. */
export function withFix(complaint: string): string {
  const known = fixes.find(([pattern]) => pattern.test(complaint));
  return known ? `${complaint}: ${known[1]}` : complaint;
}
