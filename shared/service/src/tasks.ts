import { type Logger, openLimit, repeat, type TraceContext } from "@mesh/runtime";
import { runInRootSpan } from "./root-span.ts";

/** Something that a service does repeatedly. Each of its processes does it, so it must be safe to do at the same time. */
export interface Task<C> {
  readonly name: string;
  /** The pause between two runs. */
  readonly intervalMs: number;
  run(context: C): Promise<void>;
}

/**
 * Makes a task that runs at the start and then after each pause.
 *
 * @example
 * ```ts
 * import { every } from "@mesh/service";
 *
 * const tidy = every("tidy", 60_000, async () => {
 *   // delete what has expired
 * });
 * ```
 */
export function every<C>(name: string, intervalMs: number, run: (context: C) => Promise<void>): Task<C> {
  return { name, intervalMs, run };
}

/** Makes the context of a run. @param trace that of its span; undefined: no SDK of OpenTelemetry is registered */
type ContextOf<C> = (signal: AbortSignal, trace: TraceContext | undefined) => C;

/** Options of a repeated task. */
export interface TaskOptions {
  /** Ends it, and the run under way. */
  readonly signal: AbortSignal;
  /** The longest one run may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly log: Logger;
}

/**
 * Runs a task until the signal aborts. A run that fails is logged, once while the failures last, and tried again after
 * the pause. A run that takes too long has failed: its own signal aborts, and the task goes on without it. Each run is a trace of
 * its own, with the span `task <name>`.
 */
export async function repeatTask<C>(
  task: Task<C>,
  contextOf: ContextOf<C>,
  { signal, timeoutMs, log }: TaskOptions,
): Promise<void> {
  await repeat(() => runOnce(task, contextOf, signal, timeoutMs), {
    signal,
    intervalMs: task.intervalMs,
    onFailure(error, failures) {
      if (failures === 1) log.warn({ err: error, task: task.name }, "a task failed; trying again");
    },
    onRecovery: () => log.info({ task: task.name }, "a task works again"),
  });
}

async function runOnce<C>(
  task: Task<C>,
  contextOf: ContextOf<C>,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<void> {
  // `AbortSignal.any` would leave something behind on the long-lived signal with every run.
  const limit = openLimit(signal, timeoutMs);
  try {
    await runInRootSpan(`task ${task.name}`, (trace) => limit.race(task.run(contextOf(limit.signal, trace))));
  } finally {
    limit.end();
  }
}
