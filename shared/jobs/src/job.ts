import type { JobDefinition, JobTerms, MessageType } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";
import { InvalidJob } from "./invalid-job.ts";
import { checkedMessage } from "./stored-job.ts";

/** What the context of a job has beside the scope. */
export interface JobContext<Tx> extends Scope {
  /** The id of the job, the same at every attempt. */
  readonly id: string;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /**
   * Reports how far the job is. Those who watch it get the last report.
   *
   * @param total 0: unknown
   * @param note a few words for people
   */
  progress(done: number, total?: number, note?: string): Promise<void>;
  /**
   * Runs the last transaction of the job, with which the job is completed: all that it does takes effect once, and if and only if
   * the job counts as done. Its result is that of the job.
   *
   * @throws MeshError CANCELLED if the job was cancelled, or another process has completed it
   */
  complete<R>(work: (tx: Tx) => Promise<R>): Promise<R>;
}

/** How a process does the jobs of a queue. */
export interface JobOptions {
  /** The most of these jobs that a process does at the same time. Default: 4. */
  readonly concurrency?: number;
  /** The most of these jobs that begin in a window of time, in all processes together. Default: as many as can. */
  readonly rate?: JobRate;
}

/** The most jobs in a window of time. */
export interface JobRate {
  readonly count: number;
  /** The length of the window: up to 300. */
  readonly seconds: number;
}

/** The handler of a job, made by `job`. */
export interface Job<C> {
  readonly definition: AnyJobDefinition;
  readonly options: JobOptions;
  /** @throws InvalidJob if the bytes are no such job, or break its rules */
  readonly run: (payload: Uint8Array, context: C) => Promise<unknown>;
}

/** A job's definition without its types. */
export interface AnyJobDefinition extends JobTerms {
  readonly typeName: string;
  readonly result: MessageType<unknown> | undefined;
}

/** The context of a handler whose whole work is one transaction. */
type WithTx<C> = C & { readonly tx: unknown };

/**
 * Declares what does a job. A handler that throws is called again, after a pause that doubles with each attempt; the contract says
 * how often. After the last attempt the job has failed. If its process is lost, the job is done again.
 *
 * The handler may take as long as the contract says, its calls included. What it does in `complete` happens once; the rest may be
 * repeated. With the option `tx`, all of its work is one transaction, which the handler gets as `tx`: for jobs of a few seconds.
 *
 * @example
 * ```ts
 * import { defineJob, type MessageType } from "@mesh/contracts";
 * import { job } from "@mesh/jobs/job";
 * import type { Logger } from "@mesh/runtime";
 *
 * declare const message: MessageType<{ readonly to: string }>;
 * const define = () =>
 *   defineJob(message, { result: undefined, timeoutMs: 60_000, attempts: 5, retryDelaySeconds: 1 });
 * const jobs = () => [
 *   job(define(), async ({ to }, { log }: { log: Logger }) => log.info({ to }, "sent"), { concurrency: 2 }),
 * ];
 * ```
 */
export function job<T, I, R, O, C extends { readonly tx: unknown }>(
  definition: JobDefinition<T, I, R, O>,
  handler: (payload: T, context: C) => Promise<O>,
  options: JobOptions & { readonly tx: true },
): Job<Omit<C, "tx"> & Pick<JobContext<C["tx"]>, "complete">>;
export function job<T, I, R, O, C>(
  definition: JobDefinition<T, I, R, O>,
  handler: (payload: T, context: C) => Promise<O>,
  options?: JobOptions & { readonly tx?: false },
): Job<C>;
export function job<T, I, R, O>(
  definition: JobDefinition<T, I, R, O>,
  handler: (payload: T, context: WithTx<object>) => Promise<O>,
  { tx: isInTransaction = false, ...options }: JobOptions & { readonly tx?: boolean } = {},
): Job<JobContext<unknown>> {
  return {
    // Results are only encoded, and their input is checked first.
    definition: definition as unknown as AnyJobDefinition,
    options,
    async run(bytes, context) {
      const payload = readPayload(definition, bytes);
      if (!isInTransaction) return handler(payload, context as unknown as WithTx<object>);
      return context.complete((tx) => handler(payload, { ...context, tx }));
    },
  };
}

function readPayload<T, I, R, O>(definition: JobDefinition<T, I, R, O>, bytes: Uint8Array): T {
  try {
    return checkedMessage(definition, definition.decode(bytes));
  } catch (cause) {
    if (cause instanceof InvalidJob) throw cause;
    throw new InvalidJob(`not a ${definition.typeName}: ${String(cause)}`, { cause });
  }
}
