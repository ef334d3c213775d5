/** How to mend what buf complains of without saying so. */
const ways: readonly (readonly [complaint: RegExp, way: string])[] = [
  [/^imported file does not exist$/, "correct the path, which starts in the folder of the contracts, or add the file"],
  [/^cannot find `.*` in this scope$/, "correct the name, declare it, or import the file that does"],
  [/declared multiple times$/, "rename one of them"],
  [/^field number `\d+` used more than once$/, "give this field a number that is free"],
  [/the same (?:\(default\) )?JSON name$/, "rename one of them"],
  [/^detected cyclic import/, "move what both files need into a third"],
  [/^(?:unexpected|missing) /, "correct the syntax here or just before"],
];

/** What buf says, with how to mend it; what is not known stays as it is. */
export function withMending(complaint: string): string {
  const way = ways.find(([pattern]) => pattern.test(complaint));
  return way ? `${complaint}: ${way[1]}` : complaint;
}
