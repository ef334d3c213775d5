import type { DescEnum, DescEnumValue, DescFile, DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";
import { getComments } from "@bufbuild/protoplugin";
import type { Edit } from "../draft.ts";
import { GeneratorError } from "../generator-error.ts";

/** The number of the field `dependency` in the descriptor of a file, and of `package`. */
const [importField, packageField] = [3, 2];

/** The start and the end of a declaration, as offsets in the text of its file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

type Declared = DescService | DescMethod | DescMessage | DescEnum | DescEnumValue;

/** Returns the location of a declaration: `proto/orders/v1/orders.proto:12:3`. */
export function locationOf(desc: Declared): string {
  const { sourcePath } = getComments(desc);
  const location = fileOf(desc).proto.sourceCodeInfo?.location.find(({ path }) => equal(path, sourcePath));
  const [line = 0, column = 0] = location?.span ?? [];
  return `${pathOf(fileOf(desc))}:${line + 1}:${column + 1}`;
}

/** Returns the path of a contract in the repository. */
export function pathOf(file: DescFile): string {
  return `proto/${file.name}.proto`;
}

function fileOf(desc: Declared): DescFile {
  return "file" in desc ? desc.file : desc.parent.file;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((step, at) => step === b[at]);
}

/** Returns the span of a declaration, as the compiler reports it. */
export function spanOf(text: string, desc: Declared): Span {
  const span = spanAt(text, fileOf(desc), getComments(desc).sourcePath);
  if (span && /[};]/.test(text.charAt(span.end - 1))) return span;
  throw new GeneratorError(`${locationOf(desc)}: can't find the end of ${desc.name}: add the code by hand`);
}

/** Adds lines at the end of a declaration with braces. */
export function appendTo(text: string, desc: DescService | DescEnum, lines: string): Edit {
  const at = spanOf(text, desc).end - 1;
  const isEmpty = text.slice(0, at).trimEnd().endsWith("{");
  const lead = text.charAt(at - 1) === "\n" ? "" : "\n";
  const gap = desc.kind === "service" && !isEmpty ? "\n" : "";
  return insertion(at, `${lead}${gap}${lines}`);
}

/** Adds declarations after another one. */
export function appendAfter(text: string, desc: Declared, lines: string): Edit {
  return insertion(spanOf(text, desc).end, `\n\n${lines.trimEnd()}`);
}

/** Adds declarations at the end of a file. */
export function appendToFile(text: string, lines: string): Edit {
  return { start: text.trimEnd().length, end: text.length, text: `\n\n${lines.trimEnd()}\n` };
}

/** Imports files that are not imported yet. Keeps the alphabetical order of the imports, if they have one. */
export function importing(text: string, file: DescFile, wanted: readonly string[]): Edit[] {
  const present = file.proto.dependency;
  return wanted
    .filter((name) => !present.includes(name))
    .sort()
    .map((name) => {
      const next = present.findIndex((other) => other > name);
      const line = `import "${name}";`;
      const before = next < 0 ? undefined : spanAt(text, file, [importField, next]);
      if (before) return insertion(before.start, `${line}\n`);
      const last = spanAt(text, file, [importField, present.length - 1]);
      const after = last ?? spanAt(text, file, [packageField]);
      return insertion(after?.end ?? 0, `${last ? "" : "\n"}\n${line}`);
    });
}

function insertion(at: number, text: string): Edit {
  return { start: at, end: at, text };
}

function spanAt(text: string, file: DescFile, path: readonly number[]): Span | undefined {
  const found = file.proto.sourceCodeInfo?.location.find((location) => equal(location.path, path));
  if (!found) return undefined;
  const [startLine = 0, startColumn = 0, third = 0, fourth] = found.span;
  const [endLine, endColumn] = fourth === undefined ? [startLine, third] : [third, fourth];
  return { start: offsetOf(text, startLine, startColumn), end: offsetOf(text, endLine, endColumn) };
}

/** Converts a position of buf to an offset. Buf counts characters, and a tab as up to four columns (buf 1.74). */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let skipped = 0; skipped < line; skipped++) start = text.indexOf("\n", start) + 1;
  let [at, seen] = [start, 0];
  while (seen < column && at < text.length) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    seen += character === "\t" ? 4 - (seen % 4) : 1;
    at += character.length;
  }
  return at;
}
