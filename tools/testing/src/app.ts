import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { keepProcess, programFolder } from "@mesh/dev";
import { root } from "./build.ts";

/** A process of a mesh under test. */
export interface MeshApp {
  /** Starts the process and waits until it is ready. @throws Error with its output if it ends first */
  start(): Promise<void>;
  /** Sends a signal and waits until the process ends. Returns its exit code; null if it ran no more, or the signal ended it. */
  kill(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
  /** Stops the process without ending it, so that it keeps its connections and does not respond. `thaw` continues it. */
  freeze(): void;
  /** Ends `freeze`. */
  thaw(): void;
  /** Returns the output so far, of every start. */
  output(): string;
  /** Undefined: it was not started. */
  readonly pid: number | undefined;
}

/** Environment variables. */
type Environment = Readonly<Record<string, string>>;

/** Settings of a process. */
export interface AppOptions {
  readonly name: string;
  readonly folder: string;
  /** The program. Default: the one in the folder that a bundler built. */
  readonly program?: string | undefined;
  /** What runs it, such as `ip netns exec <name>`. Default: nothing. */
  readonly prefix?: readonly string[] | undefined;
  /** Returns its environment. Called at each start. */
  readonly env: () => Environment;
}

/** The longest start of a process, in milliseconds. */
const startTimeoutMs = 120_000;

/** Prepares a process of a mesh; `start` runs it. */
export function openApp({ name, folder, program, prefix = [], env }: AppOptions): MeshApp {
  let child: ChildProcess | undefined;
  const written: string[] = [];
  return {
    async start() {
      const args = program ? [program] : ["--enable-source-maps", join(folder, programFolder, "main.js")];
      child = run([...prefix, process.execPath, ...args], env(), written);
      await whenReady(child, name, () => written.join(""));
    },
    async kill(signal) {
      if (!child || child.exitCode !== null || child.signalCode !== null) return null;
      const gone = once(child, "exit");
      child.kill(signal);
      // A frozen process ends once it continues.
      child.kill("SIGCONT");
      const [code] = await gone;
      return code;
    },
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    output: () => written.join(""),
    get pid() {
      return child?.pid;
    },
  };
}

/**
 * Adds the example data of an app. A seed program can be run again, so if a call took too long, it gets a second attempt.
 *
 * @throws Error with the output of the seed program if that fails
 */
export async function runSeed(folder: string, env: Environment, attempts = 2): Promise<void> {
  const written: string[] = [];
  const child = run([process.execPath, join(root, folder, programFolder, "seed.js")], env, written);
  const [code] = await once(child, "exit");
  if (code === 0) return;
  const isLate = written.join("").includes("DEADLINE_EXCEEDED");
  if (attempts === 1 || !isLate) throw new Error(`the seed of ${folder} failed:\n${written.join("")}`);
  await runSeed(folder, env, attempts - 1);
}

function run([command = "", ...args]: readonly string[], env: Environment, written: string[]): ChildProcess {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { PATH: process.env.PATH, ...env },
  });
  keepProcess(child, "SIGKILL");
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => written.push(chunk.toString()));
  return child;
}

async function whenReady(child: ChildProcess, name: string, output: () => string): Promise<void> {
  const timeout = AbortSignal.timeout(startTimeoutMs);
  const outcome = await Promise.race([
    once(child, "message", { signal: timeout }).then(() => "ready" as const),
    once(child, "exit", { signal: timeout }).then(() => "ended" as const),
  ]).catch(() => "too slow" as const);
  if (outcome !== "ready") throw new Error(`${name} ${outcome === "ended" ? "ended" : "took too long"}:\n${output()}`);
}
