/**
 * Returns the lines of a table with a head, its columns aligned.
 *
 * @param numbers the columns that are aligned at their end; default: none
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[] = [],
): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const padded = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    return numbers.includes(column) ? cell.padStart(width) : cell.padEnd(width);
  };
  return all.map((row) => `${row.map(padded).join("  ").trimEnd()}\n`).join("");
}
