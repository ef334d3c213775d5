import { execFile } from "node:child_process";
import { constants, setPriority } from "node:os";
import { keepProcess } from "../process/keeper.ts";

/** The result of a program. */
export interface Output {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a Node program to its end, with a low priority: restarts need the processor more. Its children inherit it. */
export function runWithLowPriority(args: readonly string[], cwd: string, signal: AbortSignal): Promise<Output> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd, signal, windowsHide: true }, (error, stdout, stderr) =>
      resolve({ ok: !error, stdout, stderr }),
    );
    if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    keepProcess(child, "SIGKILL");
  });
}
