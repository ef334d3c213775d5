import { type Logger, repeat } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type StoreTransaction } from "@mesh/store";
import type PgBoss from "pg-boss";
import { removeOld } from "./boss.ts";
import { cancelled } from "./client.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Rows } from "./rows.ts";
import type { Declared } from "./schedules/declared.ts";
import { killer } from "./suspects.ts";
import { observeKiller } from "./telemetry/observe-attempt.ts";

/** Options of the upkeep of jobs. */
export interface UpkeepOptions<Tx extends StoreTransaction<Schema>> {
  readonly boss: PgBoss;
  readonly rows: Rows;
  readonly dispatcher: Dispatcher<Tx>;
  readonly declared: Declared;
  /** The slug of the service. */
  readonly service: string;
  readonly log: Logger;
  readonly leaseMs: number;
  readonly signal: AbortSignal;
}

/** The pause between two removals of old jobs, in milliseconds. */
const removeMs = 300_000;

/** Renews the leases of the jobs and schedules of this process, returns the jobs of lost processes, and removes old ones, until the signal aborts. */
export async function runUpkeep<Tx extends StoreTransaction<Schema>>(options: UpkeepOptions<Tx>): Promise<void> {
  const { boss, declared, log, leaseMs, signal } = options;
  let wasLost = false;
  const leases = repeat(
    async () => {
      await keepLeases(options);
      // After the database was lost, the other processes get time to renew theirs.
      if (!wasLost) await reclaim(options);
      wasLost = false;
      await declared.renew();
    },
    {
      signal,
      intervalMs: leaseMs / 3,
      onFailure: (err) => {
        wasLost = true;
        if (!isStoreUnavailable(err)) log.warn({ err }, "could not renew the leases of jobs and schedules");
      },
    },
  );
  const onFailure = (err: unknown) => {
    if (!isStoreUnavailable(err)) log.warn({ err }, "could not remove old jobs; trying again");
  };
  await Promise.all([leases, repeat(() => removeOld(boss), { signal, intervalMs: removeMs, onFailure })]);
}

/** Renews the leases of the jobs that run here, and aborts those that are no longer this process's. */
async function keepLeases<Tx extends StoreTransaction<Schema>>({ rows, dispatcher }: UpkeepOptions<Tx>): Promise<void> {
  const running = [...dispatcher.running];
  if (running.length === 0) return;
  const kept = await rows.renew(running);
  for (const { id } of running) if (!kept.has(id)) dispatcher.abort(id, cancelled());
}

/** Lets the jobs of lost processes be done again, but not those that end each of their processes. */
async function reclaim<Tx extends StoreTransaction<Schema>>({ rows, service, log }: UpkeepOptions<Tx>): Promise<void> {
  for (const { name, id, kills, isFailed } of await rows.reclaim()) {
    const attributes = { job: name, id, kills };
    if (!isFailed) log.warn(attributes, "the process of a job ended; doing it again");
    else {
      log.error({ ...attributes, reason: killer.message }, "a job failed");
      observeKiller(service, name);
    }
  }
}
