import { execFile } from "node:child_process";
import { join } from "node:path";
import { keepProcess } from "../process/keeper.ts";

/** The result of a generation. */
export interface Regeneration {
  readonly ok: boolean;
  readonly output: string;
}

/** Generates code from the contracts in another process. Replaces the existing code only if all of it can be generated. */
export function regenerate(root: string): Promise<Regeneration> {
  const script = join(root, "tools/dev/bin/generate.mjs");
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [script, "--quiet"],
      { cwd: root, windowsHide: true },
      (error, stdout, stderr) => {
        resolve({ ok: !error, output: `${stdout}${stderr}`.trim() });
      },
    );
    keepProcess(child, "SIGKILL");
  });
}
