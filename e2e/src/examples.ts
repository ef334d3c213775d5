import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** An `@example` of a docstring. */
export interface Example {
  /** `file:line` of its first line of code. */
  readonly location: string;
  readonly file: string;
  readonly line: number;
  readonly code: string;
  /** False for a block that begins with "```ts no-run": it needs servers, or ends the process. */
  readonly isRun: boolean;
}

/** Returns the examples in the docstrings of a source file. */
export function examplesOf(root: string, file: string): Example[] {
  const text = readFileSync(join(root, file), "utf8");
  const blocks = text.matchAll(/^[ \t]*\* @example\b[^\n]*\n[ \t]*\* ```ts( no-run)?\n(.*?)^[ \t]*\* ```$/gms);
  return [...blocks].map(({ 0: block, 1: noRun, 2: body = "", index }) => {
    const before = text.slice(0, index + block.indexOf(body)).split("\n").length;
    const code = body.replace(/^[ \t]*\* ?/gm, "");
    return { location: `${file}:${before}`, file, line: before, code, isRun: noRun === undefined };
  });
}

/** Returns the functions that a package's entry point exports, as `package/name`, with whether they have an example. */
export function exportedFunctions(root: string, packageName: string, entry: string): Map<string, boolean> {
  const functions = new Map<string, boolean>();
  for (const [name, file] of exportsOf(join(root, entry))) {
    const text = readFileSync(file, "utf8");
    const declaration = new RegExp(
      `^export (?:async )?(?:function\\*? ${name}\\b|const ${name}\\b[^=\\n]*= (?:async )?[(<])`,
      "m",
    );
    const found = declaration.exec(text);
    if (!found) continue;
    const docstring = /\/\*\*(?:(?!\*\/).)*\*\/\s*$/s.exec(text.slice(0, found.index))?.[0];
    functions.set(`${packageName}/${name}`, docstring?.includes("@example") ?? false);
  }
  return functions;
}

/** Returns the names that a module exports, with the files that declare them. */
function exportsOf(file: string): Map<string, string> {
  const text = readFileSync(file, "utf8");
  const found = new Map<string, string>();
  for (const { 1: name = "" } of text.matchAll(/^export (?:async )?(?:function\*?|const) (\w+)/gm))
    found.set(name, file);
  for (const { 1: list = "", 2: from = "" } of text.matchAll(/^export \{([^}]*)\} from "(\.[^"]*)"/gm)) {
    const declared = exportsOf(join(dirname(file), from));
    const names = list.split(",").map((name) => name.trim());
    for (const name of names) found.set(name, declared.get(name) ?? file);
  }
  return found;
}

/** Returns the source files of `shared/` and `tools/`, without tests. */
export function sourceFiles(root: string): string[] {
  const packages = ["shared", "tools"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  );
  const files = packages.flatMap((folder) => {
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file));
  });
  const isSource = /^(shared|tools)\/[^/]+\/src\/.*(?<!\.test)\.tsx?$/;
  return files.map((file) => file.replaceAll("\\", "/")).filter((file) => isSource.test(file));
}
