import type { Mark } from "../mark.ts";

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Returns a source map, version 3, from a declaration file to the .proto files.
 *
 * @param name the name of the declaration file, without its folder
 * @param sourceOf returns the path of a .proto relative to the declaration file
 */
export function sourceMap(name: string, marks: readonly Mark[], sourceOf: (file: string) => string): string {
  const files = [...new Set(marks.map(({ file }) => file))];
  const map = { version: 3, file: name, sources: files.map(sourceOf), names: [], mappings: mappings(marks, files) };
  return `${JSON.stringify(map)}\n`;
}

function mappings(marks: readonly Mark[], files: readonly string[]): string {
  const lines = Array.from({ length: (marks.at(-1)?.line ?? -1) + 1 }, (): string[] => []);
  let before = { column: 0, source: 0, line: 0, sourceColumn: 0, generatedLine: 0 };
  for (const mark of marks) {
    const source = files.indexOf(mark.file);
    // Every number is the difference to the one before. Columns of the output start at 0 in each line.
    const column = mark.line === before.generatedLine ? mark.column - before.column : mark.column;
    const segment = [
      column,
      source - before.source,
      mark.sourceLine - before.line,
      mark.sourceColumn - before.sourceColumn,
    ];
    lines[mark.line]?.push(segment.map(variableLength).join(""));
    before = {
      column: mark.column,
      source,
      line: mark.sourceLine,
      sourceColumn: mark.sourceColumn,
      generatedLine: mark.line,
    };
  }
  return lines.map((segments) => segments.join(",")).join(";");
}

/** Returns a number as base64 digits of five bits each, the lowest first. The lowest bit of all is the sign. */
function variableLength(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += digits[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}
