import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { commandOf } from "./orphan.ts";

const run = promisify(execFile);
const intervalMs = 400;

/** What stands between a person and this process, and is to take it along when it is killed. */
const runner = /(^|[\\/ ])(npm|npx|turbo)\b|^\S*sh -c /;

/**
 * Calls back when the process that started this one is gone, or one of the npm, npx, turbo and shell processes above it:
 * none of them passes on a kill -9, and npm not even a SIGTERM.
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
  // On Linux a killed process may remain for a while as a zombie, which still takes signals; it has no command line.
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
    if (!runner.test((await commandOf(pid)) ?? "")) break;
    found.push(pid);
    pid = await parentOf(pid);
  }
  return [...new Set(found)].filter((pid) => pid > 1);
}

/** Undefined: it is gone, or this is Windows, where only the direct parent is watched. */
async function parentOf(pid: number): Promise<number | undefined> {
  try {
    if (process.platform === "win32") return undefined;
    if (process.platform !== "linux") return Number((await run("ps", ["-p", String(pid), "-o", "ppid="])).stdout);
    // After the name, which is in parentheses and may hold anything: state, parent.
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
