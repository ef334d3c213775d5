import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { keepProcess } from "./keeper.ts";

/** A Node program to run. */
export interface Launch {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A running Node process. */
export interface RunningChild {
  readonly pid: number;
  /** Resolves when the process ended, and `onLine` got its output. */
  readonly exited: Promise<Exit>;
  /** Asks the process to end, and kills it after the limit. */
  stop(limitMs: number): Promise<Exit>;
}

/** The way a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Callbacks for the output and messages of a process. */
export interface ChildEvents {
  readonly onLine: (line: string) => void;
  readonly onReady: () => void;
}

/** The time for output that arrives after the end of a process. */
const outputLimitMs = 200;

/** Starts a Node process with an IPC channel, which closes when this process ends. */
export function startChild({ args, cwd, env }: Launch, { onLine, onReady }: ChildEvents): RunningChild {
  const child = spawn(process.execPath, ["--import", endWithParent(), ...args], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Detached, so that Ctrl-C reaches only this process, which then stops its children in order.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  keepProcess(child);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on("line", onLine);
  }
  child.on("message", (message) => {
    if (isReady(message)) onReady();
  });
  const exited = exitOf(child);
  return { pid: child.pid ?? 0, exited, stop: (limitMs) => stop(child, exited, limitMs) };
}

/** Returns the URL of the module that ends a process with its parent. By name, because a bundle may lie in any folder. */
function endWithParent(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("@mesh/dev/end-with-parent")).href;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
    // A process that it started may hold its output open.
    child.once("exit", (code, signal) => setTimeout(() => resolve({ code, signal }), outputLimitMs));
    child.once("error", () => resolve({ code: 1, signal: null }));
  });
}

async function stop(child: ChildProcess, exited: Promise<Exit>, limitMs: number): Promise<Exit> {
  // Windows has no signal that a process can handle; there, a process stops when its channel closes.
  if (process.platform === "win32" && child.connected) child.disconnect();
  else child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), limitMs);
  const exit = await exited;
  clearTimeout(force);
  return exit;
}

function isReady(message: unknown): boolean {
  return typeof message === "object" && message !== null && "type" in message && message.type === "ready";
}
