/** How to fix what buf complains about. */
const ways: readonly (readonly [complaint: RegExp, way: string])[] = [
  [/^imported file does not exist$/, "correct the path, which starts in the folder of the contracts, or add the file"],
  [/^cannot find `.*` in this scope$/, "correct the name, declare it, or import the file that does"],
  [/declared multiple times$/, "rename one of them"],
  [/^field number `\d+` used more than once$/, "give this field a number that is free"],
  [/the same (?:\(default\) )?JSON name$/, "rename one of them"],
  [/^detected cyclic import/, "move what both files need into a third"],
  [/^(?:unexpected|missing) /, "correct the syntax here or just before"],
];

/** Adds to a complaint of buf how to fix it, if that is known. */
export function withMending(complaint: string): string {
  const way = ways.find(([pattern]) => pattern.test(complaint));
  return way ? `${complaint}: ${way[1]}` : complaint;
}
