import { parseSync, Visitor } from "rolldown/utils";
import { PackageError } from "./package-error.ts";

/** Changes the specifiers of all imports in a declaration file. Removes the link to its source map, which is not shipped. */
export function rewrite(file: string, text: string, change: (specifier: string) => string): string {
  const { program, errors } = parseSync(file, text, { lang: "dts" });
  if (errors[0]) throw new PackageError(`${file}: ${errors[0].message}`);
  const found: { start: number; end: number; value: string }[] = [];
  const note = (source: { start: number; end: number; value: string } | null) => void (source && found.push(source));
  new Visitor({
    ImportDeclaration: ({ source }) => note(source),
    ExportNamedDeclaration: ({ source }) => note(source),
    ExportAllDeclaration: ({ source }) => note(source),
    TSImportType: ({ source }) => note(source),
  }).visit(program);
  let [result, at] = ["", 0];
  for (const { start, end, value } of found.sort((a, b) => a.start - b.start)) {
    result += text.slice(at, start) + JSON.stringify(change(value));
    at = end;
  }
  return (result + text.slice(at))
    .replace(/^\/\/# sourceMappingURL=.*\n?/gm, "")
    .trimEnd()
    .concat("\n");
}
