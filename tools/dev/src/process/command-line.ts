import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Returns the command line of a process, or undefined if there is no such process. */
export async function commandOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === "linux") {
      const text = await readFile(`/proc/${pid}/cmdline`, "utf8");
      return text.replaceAll("\0", " ").trim() || undefined; // a zombie process has none
    }
    return (await run(...commandThatPrints(pid))).stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

function commandThatPrints(pid: number): [string, string[]] {
  if (process.platform !== "win32") return ["ps", ["-p", String(pid), "-o", "command="]];
  const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
  return ["powershell", ["-NoProfile", "-Command", query]];
}
