import type { Logger } from "./log.ts";

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
