import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, setPriority } from "node:os";
import { dirname, join, relative } from "node:path";
import { keepProcess } from "../process/keeper.ts";

/** Checks types in the background, a project at a time, and only after a save: nothing stays in memory. */
export interface TypeChecker {
  /** Has the projects in these folders checked; saves that come meanwhile are seen too. */
  check(folders: Iterable<string>): void;
  close(): void;
}

/** How long nothing must be saved before a check begins: restarting comes first. */
const settleMs = 1_500;

/** Tells the errors of each project when they change, and when they are gone. */
export function createTypeChecker(root: string, onErrors: (folder: string, errors: string[]) => void): TypeChecker {
  const waiting = new Set<string>();
  const last = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  const ending = new AbortController();

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    for (const folder of waiting) {
      waiting.delete(folder);
      report(folder, await errorsOf(root, folder, ending.signal));
    }
    isRunning = false;
  }

  function report(folder: string, errors: string[]): void {
    const text = errors.join("\n");
    if (ending.signal.aborted || text === (last.get(folder) ?? "")) return;
    last.set(folder, text);
    onErrors(folder, errors);
  }

  return {
    check(folders) {
      for (const folder of folders) waiting.add(folder);
      clearTimeout(timer);
      timer = setTimeout(() => void run(), settleMs);
    },
    close() {
      clearTimeout(timer);
      ending.abort();
    },
  };
}

/** The nearest folder above a file that is a TypeScript project; undefined: none below the root is. */
export function projectOf(root: string, file: string): string | undefined {
  for (let folder = dirname(file); folder.startsWith(root) && folder !== root; folder = dirname(folder)) {
    if (existsSync(join(folder, "tsconfig.json"))) return folder;
  }
  return undefined;
}

function errorsOf(root: string, folder: string, signal: AbortSignal): Promise<string[]> {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const args = [tsc, "--noEmit", "--pretty", "false", "-p", folder];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: root, signal, windowsHide: true }, (_error, stdout) => {
      resolve(stdout.split("\n").flatMap((line) => asError(root, line)));
    });
    // What restarts meanwhile needs the processor more; the compiler's own process inherits it.
    if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    keepProcess(child, "SIGKILL");
  });
}

/** `src/a.ts(3,7): error TS2322: …` as `src/a.ts:3:7: TS2322: …`, which editors and terminals make a link of. */
function asError(root: string, line: string): string[] {
  const match = /^(.+?)\((\d+),(\d+)\): error (.*)$/.exec(line);
  if (!match) return /^error /.test(line) ? [line] : [];
  const [, file = "", row, column, text] = match;
  return [`${relative(root, join(root, file))}:${row}:${column}: ${text}`];
}
