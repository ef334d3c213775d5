import { setTimeout as pause } from "node:timers/promises";
import type { Logger, Scope } from "@mesh/runtime";

/** Something a service does again and again. Each of its processes does it: it must bear that. */
export interface Task<C> {
  readonly name: string;
  /** The pause between two runs. */
  readonly intervalMs: number;
  run(context: C): Promise<void>;
}

/** A task that runs once at the start and then after each pause. */
export function every<C>(name: string, intervalMs: number, run: (context: C) => Promise<void>): Task<C> {
  return { name, intervalMs, run };
}

/**
 * Runs a task until the signal aborts. A run that fails is logged, once while the failures last, and tried again after
 * the pause. One that has not ended when its context's signal aborts has failed: nobody waits for it any longer.
 */
export async function repeat<C extends Pick<Scope, "signal">>(
  task: Task<C>,
  contextOf: () => C,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  let failing = false;
  while (!signal.aborted) {
    try {
      await runOnce(task, contextOf());
      if (failing) log.info({ task: task.name }, "a task works again");
      failing = false;
    } catch (error) {
      if (!failing && !signal.aborted) log.warn({ err: error, task: task.name }, "a task failed; trying again");
      failing = true;
    }
    await pause(task.intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

async function runOnce<C extends Pick<Scope, "signal">>(task: Task<C>, context: C): Promise<void> {
  const { signal } = context;
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener("abort", abort);
  try {
    await Promise.race([task.run(context), aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
