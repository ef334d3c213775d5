import { execFile } from "node:child_process";
import { join } from "node:path";
import { keepProcess } from "../process/keeper.ts";

/** What generation said. */
export interface Generated {
  readonly ok: boolean;
  readonly output: string;
}

/** Generates code from the contracts. It takes the place of the earlier code only when all of it could be generated. */
export function generate(root: string): Promise<Generated> {
  const script = join(root, "tools/dev/bin/generate.mjs");
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script], { cwd: root, windowsHide: true }, (error, stdout, stderr) => {
      resolve({ ok: !error, output: `${stdout}${stderr}`.trim() });
    });
    keepProcess(child, "SIGKILL");
  });
}
