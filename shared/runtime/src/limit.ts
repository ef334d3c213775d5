import { MeshError } from "@mesh/contracts";

/** The time limit of one piece of work. */
export interface Limit {
  /** Aborts when time is up, or when the parent's signal aborts. */
  readonly signal: AbortSignal;
  /** Resolves with the result of the work. Rejects with the signal's reason if the signal aborts first. */
  race<R>(work: Promise<R>): Promise<R>;
  /** Removes the timer and the listener, once the work is done. */
  end(): void;
}

/**
 * Starts a time limit. The work must call `end` when it is done.
 *
 * @throws MeshError DEADLINE_EXCEEDED, from `race`, when time is up
 *
 * @example
 * ```ts
 * import { openLimit } from "@mesh/runtime";
 *
 * const limit = openLimit(new AbortController().signal, 5_000);
 * try {
 *   await limit.race(Promise.resolve("the work"));
 * } finally {
 *   limit.end();
 * }
 * ```
 */
export function openLimit(parent: AbortSignal, timeoutMs: number): Limit {
  const controller = new AbortController();
  const { signal } = controller;
  const expire = () => {
    const message = `took longer than ${timeoutMs} ms`;
    controller.abort(new MeshError({ code: "DEADLINE_EXCEEDED", message }));
  };
  const follow = () => controller.abort(parent.reason);
  const timer = setTimeout(expire, timeoutMs);
  parent.addEventListener("abort", follow);
  if (parent.aborted) follow();
  const over = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  over.catch(() => {});
  return {
    signal,
    race: (work) => Promise.race([work, over]),
    end() {
      clearTimeout(timer);
      parent.removeEventListener("abort", follow);
    },
  };
}
