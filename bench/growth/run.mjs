// Runs a program and says how long it took and how much memory it had at most.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** How often the memory is looked at, in milliseconds; the system keeps the peak itself. */
const everyMs = 20;

/**
 * Runs a Node program to its end.
 *
 * @returns its time in seconds, and the peak of its memory in MB with that of what it started; NaN where there is no /proc
 * @throws Error with what it printed where it fails
 */
export async function measure(folder, args) {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const peaks = new Map();
  const timer = setInterval(() => notePeaks(child.pid, peaks), everyMs);
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${args.join(" ")} in ${folder} ended with ${code}:\n${output.slice(0, 4_000)}`);
  const seconds = (performance.now() - started) / 1_000;
  const memoryMb = peaks.size === 0 ? Number.NaN : [...peaks.values()].reduce((sum, kb) => sum + kb, 0) / 1_024;
  return { seconds, memoryMb };
}

/** Notes the most that a process and those it started have had so far, in KB. */
function notePeaks(pid, peaks) {
  try {
    const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    if (peak) peaks.set(pid, Number(peak));
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim();
      for (const child of children ? children.split(" ") : []) notePeaks(Number(child), peaks);
    }
  } catch {
    // It has ended meanwhile, or this system has no /proc.
  }
}

/** The one in the middle. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
