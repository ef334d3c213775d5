import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { keepProcess } from "./keeper.ts";

/** What to run. */
export interface Launch {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A Node process that runs. */
export interface RunningChild {
  readonly pid: number;
  /** Settles when it is gone, with how it went. */
  readonly exited: Promise<Exit>;
  /** Asks it to end, and ends it when that takes too long. */
  stop(limitMs: number): Promise<Exit>;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a process says while it runs. */
export interface ChildEvents {
  readonly onLine: (line: string) => void;
  readonly onReady: () => void;
}

/** Starts Node with a channel, whose end tells the process that nobody needs it any more. */
export function startChild({ args, cwd, env }: Launch, { onLine, onReady }: ChildEvents): RunningChild {
  const child = spawn(process.execPath, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Detached, so that Ctrl-C reaches it only through us: in order, and without a word about a crash.
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
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: 1, signal: null }));
  });
  return { pid: child.pid ?? 0, exited, stop: (limitMs) => stop(child, exited, limitMs) };
}

async function stop(child: ChildProcess, exited: Promise<Exit>, limitMs: number): Promise<Exit> {
  // Windows knows no signal that a process could answer to; there the channel's end does the asking.
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
