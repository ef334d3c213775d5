import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";

/** What the keeper is told, a line of JSON each; see bin/keeper.js. */
type Message = { keep: number; signal: NodeJS.Signals } | { release: number } | { folder: string } | { spare: string };

const processes = new Map<number, NodeJS.Signals>();
const folders = new Set<string>();
let keeper: ChildProcess | undefined;

/**
 * Has a child process end when this one is gone, in whatever way, kill -9 included: a small process that watches a pipe
 * sends it the signal, and SIGKILL three seconds later.
 */
export function keepProcess(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): void {
  const { pid } = child;
  if (pid === undefined) return;
  processes.set(pid, signal);
  tell({ keep: pid, signal });
  child.once("exit", () => {
    processes.delete(pid);
    tell({ release: pid });
  });
}

/** Has a folder removed when this process is gone; returns a function that spares it. */
export function keepFolder(folder: string): () => void {
  folders.add(folder);
  tell({ folder });
  return () => {
    folders.delete(folder);
    tell({ spare: folder });
  };
}

/** Kills every process that is kept, at once and without asking. */
export function killKept(): void {
  for (const pid of processes.keys()) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
  }
}

function tell(message: Message): void {
  keeper ??= startKeeper();
  keeper.stdin?.write(`${JSON.stringify(message)}\n`);
}

function startKeeper(): ChildProcess {
  // By name, because a bundle of this file may lie in any folder of the package.
  const script = createRequire(import.meta.url).resolve("@mesh/dev/keeper");
  // Detached, so that Ctrl-C in a terminal does not reach it.
  const child = spawn(process.execPath, [script], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: process.platform !== "win32",
    windowsHide: true,
    env: {},
  });
  child.unref();
  child.stdin.on("error", () => {});
  (child.stdin as unknown as { unref(): void }).unref(); // a pipe is a socket; its declared type does not say so
  child.once("exit", () => {
    keeper = undefined;
    resume();
  });
  return child;
}

/** A keeper that was killed is replaced, while there is something to keep. */
function resume(): void {
  for (const [pid, signal] of processes) tell({ keep: pid, signal });
  for (const folder of folders) tell({ folder });
}
