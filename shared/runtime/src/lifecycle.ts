import type { Logger } from "./log.ts";

/** What runs while a process lives. */
export interface Lifecycle {
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
  /** Adds something to close; what was added last closes first. */
  onClose(name: string, close: () => Promise<void> | void): void;
  /** Closes everything, once, within the limit. */
  close(): Promise<void>;
}

/** How a process ends. */
export interface LifecycleOptions {
  readonly log: Logger;
  /** The longest that closing everything may take; then the rest is given up. Default: 15,000. */
  readonly closeTimeoutMs?: number;
}

/** Collects what must be closed. Installs nothing: `runProcess` connects it to signals. */
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
        log.warn({ err: error, part: name }, "could not close");
      }
    }
  }

  return {
    signal: ending.signal,
    onClose: (name, close) => void closers.push({ name, close }),
    close: () => {
      closing ??= within(closeTimeoutMs, closeAll(), () => log.warn("closing took too long; giving up the rest"));
      return closing;
    },
  };
}

/**
 * Runs a process until it is asked to end: by SIGTERM, SIGINT, or the end of the parent that started it with a channel.
 * An error that nobody caught ends it with exit code 1, once everything is closed.
 */
export async function runProcess(options: LifecycleOptions, main: (life: Lifecycle) => Promise<void>): Promise<void> {
  const life = createLifecycle(options);
  const end = async (exitCode: number) => {
    await life.close();
    process.exit(exitCode);
  };
  const fail = (error: unknown) => {
    options.log.fatal({ err: error }, "the process can't go on");
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
