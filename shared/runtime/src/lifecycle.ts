import { allocateYoung } from "./heap.ts";
import type { Logger } from "./log.ts";
import { processGroup } from "./process-group.ts";

/** The life of a process, until it is asked to end. */
export interface Lifecycle {
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
  /** Adds a part to close. The part that was added last is closed first. */
  onClose(name: string, close: () => Promise<void> | void): void;
  /** Closes every part, once, within the limit. */
  close(): Promise<void>;
}

/** Options of a process. */
export interface LifecycleOptions {
  readonly log: Logger;
  /** The longest that closing may take, in milliseconds. After that, the process ends anyway. Default: 15,000. */
  readonly closeTimeoutMs?: number;
}

/**
 * Creates a lifecycle that is independent of the signals of the process. `runProcess` connects one to them.
 *
 * @example
 * ```ts
 * import { createLifecycle, createLogger } from "@mesh/runtime";
 *
 * const life = createLifecycle({ log: createLogger({ name: "notes", level: "silent" }) });
 * life.onClose("server", async () => {
 *   // stop accepting calls
 * });
 * await life.close();
 * life.signal.aborted; // true
 * ```
 */
export function createLifecycle({ log, closeTimeoutMs = 15_000 }: LifecycleOptions): Lifecycle {
  const ending = new AbortController();
  const closers: { name: string; close: () => Promise<void> | void }[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    ending.abort(new Error("the process is ending"));
    for (const { name, close } of closers.reverse()) {
      try {
        await close();
      } catch (error) {
        log.warn({ err: error, part: name }, "could not close a part of the process");
      }
    }
  }

  return {
    signal: ending.signal,
    onClose: (name, close) => void closers.push({ name, close }),
    close: () => {
      closing ??= within(closeTimeoutMs, closeAll(), () =>
        log.warn("closing took too long: the process ends without closing the other parts"),
      );
      return closing;
    },
  };
}

/**
 * Runs a process until it gets SIGTERM or SIGINT, or until the parent process that opened an IPC channel to it ends. An
 * uncaught error ends the process with exit code 1, after every part is closed. In a group of programs, the group does this.
 *
 * @example
 * ```ts no-run
 * import { createLogger, runProcess } from "@mesh/runtime";
 *
 * await runProcess({ log: createLogger({ name: "notes" }) }, async (life) => {
 *   const timer = setInterval(() => {}, 1_000);
 *   life.onClose("timer", () => clearInterval(timer));
 * });
 * ```
 */
export async function runProcess(options: LifecycleOptions, main: (life: Lifecycle) => Promise<void>): Promise<void> {
  const group = processGroup();
  if (group && !group.isRunning) {
    group.processes.push({ options, main });
    return;
  }
  allocateYoung();
  const life = createLifecycle(options);
  const end = async (exitCode: number) => {
    await life.close();
    process.exit(exitCode);
  };
  const fail = (error: unknown) => {
    options.log.fatal({ err: error }, "the process ends because of an uncaught error");
    void end(1);
  };
  process.once("SIGTERM", () => void end(0));
  process.once("SIGINT", () => void end(0));
  process.once("disconnect", () => void end(0));
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  try {
    await main(life);
  } catch (error) {
    fail(error);
  }
}

async function within(limitMs: number, work: Promise<void>, late: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      late();
      resolve();
    }, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
