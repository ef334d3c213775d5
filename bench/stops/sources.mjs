// Maps functions of a running script to the source files that a person wrote.
import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const maps = new Map();

/**
 * Returns `file` and `file:line name` for a function; undefined if it is generated or not part of the repository. Functions
 * that V8 makes of the fields of a class have no name, and the number that esbuild appends to a name is removed: it differs
 * between bundles.
 */
export function placeOf(root, url, name, startOffset) {
  const { script, map, lineStarts } = mapOf(fileURLToPath(url));
  const line = lineStarts.findLastIndex((start) => start <= startOffset);
  const entry = map?.findEntry(line, startOffset - (lineStarts[line] ?? 0));
  if (map && !entry?.originalSource) return undefined;
  const source = entry ? resolve(dirname(script), fileOf(entry.originalSource)) : script;
  const file = relative(root, source).replaceAll("\\", "/");
  if (/^\.\.|(^|\/)(node_modules|gen|bench|dist)\//.test(file)) return undefined;
  const named = name.startsWith("<") ? "" : name.replace(/\d+$/, "");
  return { file, function: named && `${file}:${(entry?.originalLine ?? line) + 1} ${named}` };
}

function fileOf(source) {
  return source.startsWith("file:") ? fileURLToPath(source) : source;
}

function mapOf(script) {
  const known = maps.get(script);
  if (known) return known;
  const text = readFileSync(script, "utf8");
  const lineStarts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  const map = existsSync(`${script}.map`)
    ? new SourceMap(JSON.parse(readFileSync(`${script}.map`, "utf8")))
    : undefined;
  const made = { script, map, lineStarts };
  maps.set(script, made);
  return made;
}
