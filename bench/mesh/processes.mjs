// The parent side of the processes of the benchmark.
import { fork } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** The longest time without an answer that is added to the expected duration of an action. */
const patienceMs = 120_000;

/** The end of what a process wrote to stderr. */
const maxErrorLength = 4_000;

/** A process of a peer. */
export class PeerProcess {
  #name;
  #child;
  #errors = "";
  #waiting;

  /** Starts a program with the options as its argument. `node` runs it. */
  constructor(name, program, { node, options }) {
    this.#name = name;
    this.#child = fork(program, [JSON.stringify(options)], {
      execPath: node,
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#errors = (this.#errors + text).slice(-maxErrorLength);
    });
    this.#child.on("message", ({ result, error }) => {
      if (error) this.#fail(error);
      else this.#waiting?.resolve(result);
    });
    this.#child.on("error", ({ message }) => this.#fail(message));
    this.#child.on("close", (code, signal) => this.#fail(`the process ended with ${code ?? signal}\n${this.#errors}`));
  }

  /** Asks for an action. @throws Error if it fails, the process ends, or nothing comes within the time and two minutes */
  ask(action, argument, ms = 0) {
    this.#child.send([action, argument], () => {});
    return this.next(ms);
  }

  /** Resolves with what the process sends next. */
  async next(ms = 0) {
    const result = new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    const stop = new AbortController();
    const late = pause(ms + patienceMs, undefined, { signal: stop.signal }).then(
      () => this.#fail("no answer"),
      () => undefined,
    );
    try {
      return await result;
    } finally {
      stop.abort();
      await late;
    }
  }

  /** Sends a signal. */
  signal(name) {
    this.#child.kill(name);
  }

  /** Ends the process. */
  async end() {
    this.#child.removeAllListeners("close").kill("SIGKILL");
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await new Promise((resolve) => this.#child.once("exit", resolve));
    }
  }

  #fail(message) {
    this.#waiting?.reject(new Error(`${this.#name}: ${message.trim()}`));
  }
}

/** Returns a port of 127.0.0.1 that was free, for peers that can't choose one. */
export async function findFreePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
