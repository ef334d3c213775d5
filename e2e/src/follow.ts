import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A part of a page that is followed: a file to write or change, or commands to run. */
export type Instruction =
  | { readonly kind: "file" | "diff"; readonly path: string; readonly text: string }
  /** `output` is the JSON that the page shows below the commands. */
  | { readonly kind: "commands"; readonly text: string; readonly output: string | undefined };

const block = /(?:^(?:Typemesh, )?`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$(?:\n\n```json\n(.*?)^```$)?/gms;

/**
 * Returns what a page asks its reader to do, in order. Code below the path of a file, as in "`src/main.ts`:", is its content; a
 * `diff` changes it. Blocks of `sh` are commands. Other code is only to be read.
 */
export function instructionsOf(page: string): Instruction[] {
  return [...page.matchAll(block)].flatMap(([, path, language, text = "", output]): Instruction[] => {
    if (language === "sh") return [{ kind: "commands", text, output }];
    if (path === undefined) return [];
    return [{ kind: language === "diff" ? "diff" : "file", path, text }];
  });
}

/** Writes or changes a file below a folder. @throws Error if a place of a diff is not in the file exactly once */
export async function edit(root: string, { kind, path, text }: Extract<Instruction, { path: string }>): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, kind === "file" ? text : patched(await readFile(file, "utf8"), text, path));
}

function patched(before: string, diff: string, path: string): string {
  return diff
    .split(/^@@\n/m)
    .reduce((text, hunk) => {
      const lines = hunk.trimEnd().split("\n");
      const [old, added] = ["-", "+"].map((sign) => {
        const kept = lines.filter((line) => line === "" || line.startsWith(" ") || line.startsWith(sign));
        return kept.map((line) => line.slice(1)).join("\n");
      });
      const parts = text.split(`\n${old}\n`);
      if (parts.length !== 2) throw new Error(`${path} has these lines ${parts.length - 1} times, not once:\n${old}`);
      return parts.join(`\n${added}\n`);
    }, `\n${before}`)
    .slice(1);
}
