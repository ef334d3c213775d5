import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { commandOf } from "./command-line.ts";

const run = promisify(execFile);
const intervalMs = 400;

/** The command lines of the programs between a terminal and this process. */
const launcher = /(^|[\\/ ])(npm|npx|turbo)\b|^\S*sh -c /;

/**
 * Calls back when the parent of this process ended, or one of the npm, npx, turbo and shell processes above it. None of
 * these forwards a kill -9 to its children, and npm does not forward SIGTERM either.
 */
export async function onAncestorGone(callback: () => void): Promise<void> {
  const watched = await ancestors();
  const parent = process.ppid;
  const timer = setInterval(async () => {
    const isGone = process.ppid !== parent || (await isAnyGone(watched));
    if (!isGone) return;
    clearInterval(timer);
    callback();
  }, intervalMs);
  timer.unref();
}

async function isAnyGone(watched: readonly number[]): Promise<boolean> {
  // On Linux, a killed process can remain as a zombie for a while. It still accepts signals, but has no command line.
  if (process.platform !== "linux") return watched.some((pid) => !isAlive(pid));
  const commands = await Promise.all(watched.map(commandOf));
  return commands.includes(undefined);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function ancestors(): Promise<number[]> {
  const found = [process.ppid];
  for (let pid: number | undefined = process.ppid; pid && pid > 1; ) {
    if (!launcher.test((await commandOf(pid)) ?? "")) break;
    found.push(pid);
    pid = await parentOf(pid);
  }
  return [...new Set(found)].filter((pid) => pid > 1);
}

/** Returns undefined if the process ended. On Windows always, so that only the direct parent is watched there. */
async function parentOf(pid: number): Promise<number | undefined> {
  try {
    if (process.platform === "win32") return undefined;
    if (process.platform !== "linux") return Number((await run("ps", ["-p", String(pid), "-o", "ppid="])).stdout);
    // The fields after the name, which is in parentheses and may contain any character: state, parent.
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
