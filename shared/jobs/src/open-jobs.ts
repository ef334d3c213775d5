import type { Logger, Scope } from "@mesh/runtime";
import type { Schema, Store, StoreTransaction } from "@mesh/store";
import { eq } from "drizzle-orm";
import type { Transact } from "./attempt.ts";
import { createBoss } from "./boss.ts";
import { cancelChannel, cancelled, clientFor, type Jobs } from "./client.ts";
import { Completions } from "./completions.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type Enqueuing, newJob, storeJob } from "./enqueue.ts";
import type { Job, JobContext } from "./job.ts";
import { type JobsOperations, operationsOf } from "./operator.ts";
import { Rows } from "./rows.ts";
import { Declared } from "./schedules/declared.ts";
import type { DeclaredSchedule } from "./schedules/schedule.ts";
import { type Schedules, type Scheduling, schedulesOf, storeSchedule } from "./schedules/schedules.ts";
import { storedTarget } from "./schedules/target.ts";
import { runTicker } from "./schedules/ticker.ts";
import type { Sender } from "./stored-job.ts";
import { schedules } from "./tables.ts";
import { type QueueDepth, sources } from "./telemetry/instruments.ts";
import { runUpkeep } from "./upkeep.ts";
import { Watches } from "./watches.ts";

/** Options of the jobs of a service. */
export interface OpenJobsOptions<Tx> {
  /** Was opened with `prepareJobs`. */
  readonly store: Store<Schema>;
  /** The slug of the service. */
  readonly service: string;
  /** Its handlers. */
  readonly jobs: readonly Job<JobContext<Tx>>[];
  /** What its code lists. */
  readonly schedules?: readonly DeclaredSchedule[];
  /** Runs transactions of handlers. */
  readonly transact: Transact<Tx>;
  /** Adds to the scope what handlers get of their service. */
  readonly contextOf: (scope: Scope) => object;
  readonly log: Logger;
  /** The pause between two looks into the queues if nothing is enqueued here, in milliseconds. Default: 500. */
  readonly pollMs?: number;
  /** The time after which the jobs of a lost process are done again, in milliseconds, from 1,000. Default: 30,000. */
  readonly leaseMs?: number;
  /** The longest that `drain` waits for handlers, in milliseconds. Default: 10,000. */
  readonly drainMs?: number;
}

/** A transaction that can enqueue and schedule. */
export interface Extended<T> {
  readonly tx: T & Enqueuing & Scheduling;
  /** Must be called once it has committed, so that its jobs begin immediately. */
  committed(): void;
}

/** The jobs of one service. */
export interface OpenJobs {
  /** Lets a transaction enqueue and schedule, on behalf of the sender. */
  extend<T extends StoreTransaction<Schema>>(tx: T, sender: Sender): Extended<T>;
  /** Returns the jobs for the work of one scope. */
  bind(scope: Pick<Scope, "signal">): Jobs;
  readonly schedules: Schedules;
  readonly operations: JobsOperations;
  /** Counts its jobs by their names. */
  queues(): Promise<QueueDepth[]>;
  /** Takes no more jobs, and waits for those that run, up to `drainMs`. */
  drain(): Promise<void>;
  /** Drains, and stops the rest. */
  close(): Promise<void>;
}

/**
 * Starts to do the jobs of a service.
 *
 * @throws Error if a job has two handlers
 *
 * @example
 * ```ts no-run
 * import { openJobs, prepareJobs } from "@mesh/jobs";
 * import { createLogger } from "@mesh/runtime";
 * import { openStore, type Schema, type StoreTransaction } from "@mesh/store";
 *
 * const log = createLogger({ name: "mailer" });
 * const schema: Schema = {};
 * const url = "postgres://mailer@127.0.0.1/mailer";
 * const migrations = new URL("./migrations", import.meta.url);
 * const store = await openStore({ url, schema, migrations, log, prepare: prepareJobs([]) });
 * const transact = <R>(_: object, work: (tx: StoreTransaction<Schema>) => Promise<R>) => store.transaction(work);
 * const jobs = await openJobs({ store, service: "mailer", jobs: [], transact, contextOf: () => ({}), log });
 * await jobs.close();
 * ```
 */
export async function openJobs<Tx extends StoreTransaction<Schema>>(options: OpenJobsOptions<Tx>): Promise<OpenJobs> {
  const { store, service, jobs, log, pollMs = 500, leaseMs = 30_000 } = options;
  const names = namesOf(jobs);
  const leaseSeconds = Math.ceil(leaseMs / 1_000);
  const boss = createBoss(store);
  await boss.start();
  const rows = new Rows(store, leaseSeconds);
  const watches = new Watches({ boss, rows, log, intervalMs: Math.min(pollMs, 500) });
  const dispatcher = new Dispatcher<Tx>({ ...options, boss, rows, completions: new Completions(boss), pollMs });
  const closing = new AbortController();
  const declared = new Declared(store, options.schedules ?? [], leaseSeconds);
  await declared.store();
  const upkeep = runUpkeep({ boss, rows, dispatcher, declared, service, log, leaseMs, signal: closing.signal });
  const ticking = runTicker({ ...options, declared, pollMs, signal: closing.signal });
  const unlisten = store.listen(cancelChannel, (id) => {
    if (id !== undefined) dispatcher.abort(id, cancelled());
  });
  const forget = sources.add({ service, read: () => rows.depths([...names]).catch(() => undefined) });
  let drained: Promise<void> | undefined;
  const drain = () => {
    drained ??= dispatcher.close(options.drainMs ?? 10_000);
    return drained;
  };
  return {
    extend(tx, sender) {
      const enqueued = new Set<string>();
      const enqueue: Enqueuing["enqueue"] = async (definition, payload, how = {}) => {
        const id = await storeJob({ boss, names, leaseSeconds }, tx, newJob(definition, payload), sender, how);
        enqueued.add(definition.typeName);
        return id;
      };
      const scheduling: Scheduling = {
        schedule: (name, when, target, payload) =>
          storeSchedule(tx, { name, when, ...storedTarget(target, payload) }, sender.principal),
        async unschedule(name) {
          return (await tx.delete(schedules).where(eq(schedules.name, name)).returning()).length > 0;
        },
      };
      return { tx: Object.assign(tx, { enqueue, ...scheduling }), committed: () => dispatcher.enqueued(enqueued) };
    },
    schedules: schedulesOf(store, leaseSeconds),
    operations: operationsOf({ boss, store, watches }, (names) => dispatcher.enqueued(names)),
    queues: () => rows.depths([...names]),
    bind: (scope) => clientFor({ boss, store, watches }, scope),
    drain,
    async close() {
      forget();
      await drain();
      unlisten();
      closing.abort();
      await Promise.all([upkeep, ticking, watches.close()]);
      await boss.stop({ graceful: false, close: false });
    },
  };
}

function namesOf(jobs: readonly Job<never>[]): Set<string> {
  const names = new Set<string>();
  for (const { definition } of jobs) {
    if (names.has(definition.typeName)) throw new Error(`${definition.typeName} has two handlers in this service`);
    names.add(definition.typeName);
  }
  return names;
}
