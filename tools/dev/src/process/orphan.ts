import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { commandOf } from "./command-line.ts";

const endTimeoutMs = 3_000;

/**
 * Ends a process that an earlier run left behind. Does nothing if the system has since given the process id to another
 * program.
 *
 * @param mark a part of its command line that no other process has, such as its data folder
 */
export async function endOrphan(pid: number, mark: string, signal: NodeJS.Signals): Promise<void> {
  const isAlive = async () => (await commandOf(pid))?.includes(mark) ?? false;
  if (!(await isAlive())) return;
  process.kill(pid, signal);
  const giveUpAt = Date.now() + endTimeoutMs;
  while (await isAlive()) {
    if (Date.now() > giveUpAt) process.kill(pid, "SIGKILL");
    await delay(50);
  }
}

/** Returns the process id in the first line of a file, or undefined if there is none. */
export async function pidIn(file: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(file, "utf8"), 10);
    return pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}
