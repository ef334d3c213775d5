import { randomUUID } from "node:crypto";
import type { JobDefinition } from "@mesh/contracts";
import type { Schema, StoreTransaction } from "@mesh/store";
import { runStatement } from "@mesh/store/run-statement";
import type PgBoss from "pg-boss";
import { jobsSchema, keepDays, within } from "./boss.ts";
import { dataOf, encodeChecked, type Sender } from "./stored-job.ts";
import { observeEnqueue } from "./telemetry/observe-enqueue.ts";

/** How a job waits. */
export interface EnqueueOptions {
  /** The time before it may begin, in milliseconds. Default: 0. */
  readonly delayMs?: number;
  /** The time at which it may begin. Default: now. */
  readonly startAt?: Date;
  /**
   * Of several jobs with one key that wait for their first attempt, only the first is kept: `enqueue` returns its id. One that
   * runs does not count, because it may have read what has changed since. Default: each job is kept.
   */
  readonly key?: string;
  /** Jobs with a higher one begin first. Default: 0. */
  readonly priority?: number;
}

/** Enqueues jobs if and only if a transaction commits. */
export interface Enqueuing {
  /**
   * Enqueues a job of this service; returns its id.
   *
   * @throws InvalidJob if the payload breaks its contract
   * @throws MeshError RESOURCE_EXHAUSTED if it has more than 256 KiB
   * @throws Error if the service has no handler of the job
   */
  enqueue<T, I, R, O>(job: JobDefinition<T, I, R, O>, payload: I, options?: EnqueueOptions): Promise<string>;
}

/** A job that is about to be stored. */
export interface NewJob {
  readonly name: string;
  readonly payload: Uint8Array;
  readonly attempts: number;
  readonly retryDelaySeconds: number;
}

/** What enqueues the jobs of a service. */
export interface EnqueueParts {
  readonly boss: PgBoss;
  /** The names of its jobs. */
  readonly names: ReadonlySet<string>;
  /** The time after which a lost process loses its jobs, in seconds. */
  readonly leaseSeconds: number;
}

/** How often a job with a key is tried to be stored: the one that waits may begin at any time. */
const maxTries = 5;

/** Stores a job. Returns its id, or that of the job that waits with its key. */
export async function storeJob<S extends Schema>(
  { boss, names, leaseSeconds }: EnqueueParts,
  tx: StoreTransaction<S>,
  { name, payload, attempts, retryDelaySeconds }: NewJob,
  sender: Sender,
  { delayMs = 0, startAt, key, priority = 0 }: EnqueueOptions = {},
): Promise<string> {
  if (!names.has(name)) throw new Error(`${name} is no job of this service: add job(…) with it to its jobs`);
  const id = randomUUID();
  return observeEnqueue(name, id, sender, async (trace) => {
    const terms = {
      id,
      priority,
      singletonKey: key === undefined ? id : `key ${key}`,
      startAfter: startAt ?? delayMs / 1_000,
      retryLimit: attempts - 1,
      retryDelay: retryDelaySeconds,
      retryBackoff: true,
      expireInSeconds: leaseSeconds,
      retentionDays: keepDays,
      db: within(tx),
    };
    for (let tried = 0; tried < maxTries; tried++) {
      const stored = await boss.send(name, dataOf(payload, { ...sender, trace }), terms);
      const waiting = stored ?? (await waitingWith(tx, name, terms.singletonKey));
      if (waiting) return waiting;
    }
    throw new Error(`${name} could not be enqueued: others with its key come and go`);
  });
}

async function waitingWith<S extends Schema>(tx: StoreTransaction<S>, name: string, key: string) {
  const text = `select id from ${jobsSchema}.job where name = $1 and singleton_key = $2 and state = 'created'`;
  const { rows } = await runStatement(tx, text, [name, key]);
  return rows[0]?.id as string | undefined;
}

/** Checks the payload of a job of a contract, for `storeJob`. */
export function newJob<T, I, R, O>(job: JobDefinition<T, I, R, O>, payload: I): NewJob {
  const { typeName: name, attempts, retryDelaySeconds } = job;
  return { name, payload: encodeChecked(job, payload), attempts, retryDelaySeconds };
}
