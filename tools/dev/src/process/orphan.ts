import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const endTimeoutMs = 3_000;

/** The command line of a process; undefined: there is no such process. */
export async function commandOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === "linux") {
      const text = await readFile(`/proc/${pid}/cmdline`, "utf8");
      return text.replaceAll("\0", " ").trim() || undefined; // a process that is dead but not yet collected has none
    }
    return (await run(...asking(pid))).stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

function asking(pid: number): [string, string[]] {
  if (process.platform !== "win32") return ["ps", ["-p", String(pid), "-o", "command="]];
  const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
  return ["powershell", ["-NoProfile", "-Command", query]];
}

/**
 * Ends a process that an earlier run left behind, if it is still the one that was meant: a number may since have been
 * given to somebody else.
 *
 * @param mark a part of its command line that nobody else has, such as the folder of its data
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

/** The process number in the first line of a file; undefined: there is none. */
export async function pidIn(file: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(file, "utf8"), 10);
    return pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}
