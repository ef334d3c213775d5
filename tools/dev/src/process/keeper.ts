import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { Socket } from "node:net";

/** A message to the keeper, sent as one line of JSON; see bin/keeper.js. */
type Message = { keep: number; signal: NodeJS.Signals } | { release: number } | { folder: string } | { spare: string };

const processes = new Map<number, NodeJS.Signals>();
const folders = new Set<string>();
let keeper: ChildProcess | undefined;

/**
 * Ends a child process when this process ends, even by kill -9. A small keeper process watches a pipe. When the pipe
 * closes, it sends the signal to the child, and SIGKILL three seconds later.
 */
export function keepProcess(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): void {
  const { pid } = child;
  if (pid === undefined) return;
  processes.set(pid, signal);
  send({ keep: pid, signal });
  child.once("exit", () => {
    processes.delete(pid);
    send({ release: pid });
  });
}

/** Removes a folder when this process ends. Returns a function that cancels this. */
export function keepFolder(folder: string): () => void {
  folders.add(folder);
  send({ folder });
  return () => {
    folders.delete(folder);
    send({ spare: folder });
  };
}

/** Kills every kept process immediately. */
export function killKept(): void {
  for (const pid of processes.keys()) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended already.
    }
  }
}

function send(message: Message): void {
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
  // A pipe is a socket. Its declared type does not say so.
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.once("exit", () => {
    keeper = undefined;
    resume();
  });
  return child;
}

/** Replaces a keeper that was killed, if there is anything to keep. */
function resume(): void {
  for (const [pid, signal] of processes) send({ keep: pid, signal });
  for (const folder of folders) send({ folder });
}
