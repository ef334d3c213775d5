import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isPortFree } from "../ports/free-port.ts";
import { PortTakenError } from "../ports/taken-port.ts";
import { keepProcess } from "../process/keeper.ts";

/** Settings of a server. */
export interface ServerOptions {
  /** A folder for its data, settings and log; created if it is missing. */
  readonly dir: string;
  /** Default: a free port. */
  readonly port?: number | undefined;
  /** The address to listen on, which other machines of its network may reach. Default: 127.0.0.1. */
  readonly host?: string | undefined;
}

/** A server that runs until it is stopped, or until this process ends. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server ended, for any reason. */
  readonly exited: Promise<void>;
  /** Asks the server to stop, and kills it after three seconds. */
  stop(): Promise<void>;
}

/** The process of a server. */
export interface ServerProcess {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** The user that it runs as; default: the user of this process. */
  readonly uid?: number | undefined;
  readonly port: number;
  readonly logFile: string;
  /** The signal that asks it to stop. */
  readonly signal: NodeJS.Signals;
  readonly isReady: (pid: number) => Promise<boolean>;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 3_000;
const maxLogBytes = 5 * 1024 * 1024;

/**
 * Starts a server's process and waits until it is ready.
 *
 * @throws PortTakenError if another process has its port
 * @throws Error with the end of its log if it ends first or is not ready within a minute
 */
export async function startProcess(server: ServerProcess): Promise<Omit<RunningServer, "url">> {
  const log = openLog(server.logFile);
  const child = spawn(server.command, server.args, {
    stdio: ["ignore", log.descriptor, log.descriptor],
    env: server.env ?? process.env,
    ...(server.uid === undefined ? {} : { uid: server.uid, gid: server.uid }),
    // Detached, so that Ctrl-C does not stop it before its clients.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  closeSync(log.descriptor);
  keepProcess(child, server.signal);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = () => stopProcess(child, exited, server.signal);
  const failure = await failureToStart(server, child, log.size);
  if (!failure) return { port: server.port, pid: child.pid ?? 0, exited, stop };
  await stop();
  throw (await isPortFree(server.port)) ? failure : new PortTakenError(`port ${server.port} is taken`);
}

async function failureToStart(server: ServerProcess, child: ChildProcess, logStart: number) {
  let spawnError = "";
  child.once("error", (error) => {
    spawnError = error.message;
  });
  const giveUpAt = Date.now() + startTimeoutMs;
  while (!hasEnded(child) && !spawnError) {
    if (await server.isReady(child.pid ?? 0)) return undefined;
    if (Date.now() > giveUpAt) return failed(server, "is not ready after a minute", logStart);
    await delay(20);
  }
  return failed(server, `did not start ${spawnError}`.trimEnd(), logStart);
}

function failed(server: ServerProcess, what: string, logStart: number): Error {
  const said = readFileSync(server.logFile).subarray(logStart).toString().trim().split("\n").slice(-12).join("\n  ");
  return new Error(`${server.name} ${what}; the end of ${server.logFile}:\n  ${said}`);
}

async function stopProcess(child: ChildProcess, exited: Promise<void>, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return;
  child.kill(signal);
  const force = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await exited;
  clearTimeout(force);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function openLog(file: string): { descriptor: number; size: number } {
  const descriptor = openSync(file, "a");
  if (fstatSync(descriptor).size > maxLogBytes) ftruncateSync(descriptor);
  return { descriptor, size: fstatSync(descriptor).size };
}
