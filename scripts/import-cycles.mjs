/**
 * Finds files that import each other, directly or through other files.
 *
 * @param {ReadonlyMap<string, readonly string[]>} imports the imported files of each file
 * @returns {string[]} the cycles, such as `a.ts → b.ts → a.ts`. Each file is visited once, so a file in several cycles may be
 *   reported for one of them only.
 */
export function cyclesIn(imports) {
  const cycles = [];
  const visited = new Set();
  const visit = (file, path) => {
    if (path.includes(file)) return cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (visited.has(file)) return;
    visited.add(file);
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
  };
  for (const file of imports.keys()) visit(file, []);
  return cycles;
}
