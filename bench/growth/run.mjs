// Runs a program and measures its duration, processor time and peak memory.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** How often a process is looked at, in milliseconds; the system itself adds up its time and keeps the peak. */
const everyMs = 20;

/** In which the system counts processor time, a second. Source: USER_HZ, which is 100 wherever Linux runs Node. */
const ticksPerSecond = 100;

/**
 * Runs a Node program to its end.
 *
 * @returns its time and its processor time in seconds, and the peak of its memory in MB, both with what it started; NaN
 *   if there is no /proc. The peak is that of all processes at one time: one that has ended needs no memory.
 * @throws Error with what it printed where it fails
 */
export async function measure(folder, args) {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const seen = new Map();
  let peakKb = 0;
  const timer = setInterval(() => {
    peakKb = Math.max(peakKb, look(child.pid, seen));
  }, everyMs);
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${args.join(" ")} in ${folder} ended with ${code}:\n${output.slice(0, 4_000)}`);
  const seconds = (performance.now() - started) / 1_000;
  const isKnown = seen.size > 0;
  const ticks = [...seen.values()].reduce((total, one) => total + one, 0);
  return {
    seconds,
    cpuSeconds: isKnown ? ticks / ticksPerSecond : Number.NaN,
    memoryMb: isKnown ? peakKb / 1_024 : Number.NaN,
  };
}

/** Notes the processor time of a process and those it started. Returns their memory in KiB. */
function look(pid, seen) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    // A process that has ended, and is not waited for yet, has no memory any more.
    let kb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
    seen.set(pid, user + system);
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim();
      for (const child of children ? children.split(" ") : []) kb += look(Number(child), seen);
    }
    return kb;
  } catch {
    // It has ended meanwhile, or this system has no /proc.
    return 0;
  }
}

/** The one in the middle. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
