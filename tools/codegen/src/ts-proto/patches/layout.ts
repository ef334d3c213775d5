import type { Patch } from "../patch.ts";

/** Lays out the code, as ts-proto's own formatter does not run: see `loadTsProto`. */
export const layout: Patch = { code: layOut };

/**
 * Indents each line by the brackets that are open, and removes empty lines within them. It neither splits nor joins lines,
 * so the code keeps its meaning.
 */
export function layOut(source: string): string {
  const lines: string[] = [];
  let depth = 0;
  let isComment = false;
  for (const line of source.split("\n").map((text) => text.trim())) {
    isComment ||= line.startsWith("/*");
    if (isComment) {
      lines.push(indent(depth) + (line.startsWith("*") ? ` ${line}` : line));
      isComment = !line.endsWith("*/");
    } else if (line !== "") {
      const code = mayHaveOther.test(line) ? line.replace(notCode, "") : line;
      const closed = /^[}\])]*/.exec(code)?.[0].length ?? 0;
      lines.push(indent(depth - closed) + line);
      depth += depthOf(code);
    } else if (depth === 0 && lines.at(-1) !== "") lines.push("");
  }
  return `${lines.join("\n").trim()}\n`;
}

/** A line that may have what is not code. */
const mayHaveOther = /["'/]/;
/** Strings and comments, whose brackets do not count. */
const notCode = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/.*|\/\*.*?\*\//g;

function indent(depth: number): string {
  return "  ".repeat(Math.max(depth, 0));
}

const brackets = /[{}[\]()]/g;

/** Returns how many brackets a line opens, less those that it closes. */
function depthOf(code: string): number {
  let depth = 0;
  for (const bracket of code.match(brackets) ?? []) depth += "{[(".includes(bracket) ? 1 : -1;
  return depth;
}
