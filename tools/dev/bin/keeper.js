// Runs a little longer than the process that started it, and ends the children of that process. After kill -9 no code of
// that process runs, but its end of this pipe closes. Plain JavaScript, because Node 20 cannot run TypeScript.
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

/** The time that the processes have to end by themselves. */
const graceMs = 3_000;
const processes = new Map();
const folders = new Set();

process.on("SIGTERM", () => {});
process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const { keep, signal, release, folder, spare } = JSON.parse(line);
  if (keep) processes.set(keep, signal);
  if (release) processes.delete(release);
  if (folder) folders.add(folder);
  if (spare) folders.delete(spare);
}

for (const [pid, signal] of processes) send(pid, signal);
const giveUpAt = Date.now() + graceMs;
while (living().length > 0 && Date.now() < giveUpAt) await delay(50);
for (const pid of living()) send(pid, "SIGKILL");
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

function living() {
  return [...processes.keys()].filter((pid) => send(pid, 0));
}

function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
