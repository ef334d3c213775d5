/** Returns the name that a misspelled one probably means; undefined if none is close. */
export function nearest(wrong: string, names: Iterable<string>): string | undefined {
  const most = Math.max(2, Math.floor(wrong.length / 3));
  const all = [...new Set(names)].map((name) => ({ name, distance: distanceOf(wrong, name) }));
  const isCased = ({ name }: { name: string }) => Number(/^[A-Z]/.test(name) === /^[A-Z]/.test(wrong));
  all.sort((a, b) => a.distance - b.distance || isCased(b) - isCased(a) || a.name.localeCompare(b.name));
  const [best] = all;
  return best && best.distance <= most ? best.name : undefined;
}

/** Counts the letters to add, to remove or to change. A missing prefix, such as that of an enum value, counts as one. */
function distanceOf(wrong: string, name: string): number {
  const [a, b] = [wrong.toLowerCase(), name.toLowerCase()];
  if (b.endsWith(`_${a}`) || b.endsWith(`.${a}`)) return 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
