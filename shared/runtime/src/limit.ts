import { MeshError } from "@mesh/contracts";

/** How long one piece of work may take. */
export interface Limit {
  /** Aborts when time is up, or the parent's signal aborts. */
  readonly signal: AbortSignal;
  /** The work's result, or a failure when the signal aborts first. */
  race<R>(work: Promise<R>): Promise<R>;
  /** Forgets the limit; the work is done. */
  end(): void;
}

/** Opens a limit. When time is up, the failure is DEADLINE_EXCEEDED. */
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
