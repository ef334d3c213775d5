import { type Logger, repeat } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type Store } from "@mesh/store";
import { asc, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { defaultMaxAgeMs } from "./stream-limits.ts";
import { inbox, outbox, parkedEvents } from "./tables.ts";

const hourMs = 60 * 60_000;

/** Sent events are kept for a day, so that a lost stream can be restored. */
const sentRowsMs = 24 * hourMs;

/** The time for which handled events are kept after the stream has deleted them, since until then they may be delivered again. */
const spareMs = 7 * 24 * hourMs;

/** Dead letters are kept for as long as their copies in the stream. */
const deadLettersMs = 30 * 24 * hourMs;

const cleanEveryMs = 10 * 60_000;
const checkEveryMs = 30_000;
const lagAlertMs = 60_000;
const deletedRows = 1_000;

/** Options of `startCleanup`. */
export interface CleanupOptions {
  readonly log: Logger;
  /** The time for which streams keep events, in milliseconds. Default: 7 days. */
  readonly maxAgeMs?: number | undefined;
  /** Whether the service has consumers, and so the table of parked events. */
  readonly hasConsumers: boolean;
}

/** Deletes old rows and warns about events that wait for long, until it is closed. */
export function startCleanup<S extends Schema>(
  store: Store<S>,
  { log, maxAgeMs = defaultMaxAgeMs, hasConsumers }: CleanupOptions,
): { close(): Promise<void> } {
  const closing = new AbortController();
  const onFailure = (err: unknown) => {
    if (!isStoreUnavailable(err)) log.warn({ err }, "could not clean up the outbox and the inbox");
  };
  const every = (intervalMs: number, step: () => Promise<void>) =>
    repeat(step, { signal: closing.signal, intervalMs, onFailure });
  const tasks = [
    every(cleanEveryMs, () => deleteOld(store, maxAgeMs)),
    ...(hasConsumers ? [every(cleanEveryMs, () => deleteDeadLetters(store))] : []),
    every(checkEveryMs, () => checkLag(store, log)),
  ];
  return {
    async close() {
      closing.abort();
      await Promise.all(tasks);
    },
  };
}

/** Deletes rows that are no longer needed, a thousand at a time. */
export async function deleteOld<S extends Schema>(
  store: Store<S>,
  maxAgeMs: number = defaultMaxAgeMs,
  now: number = Date.now(),
): Promise<void> {
  await deleteWhere(store, outbox, lt(outbox.sentAt, new Date(now - sentRowsMs)));
  await deleteWhere(store, inbox, lt(inbox.handledAt, new Date(now - maxAgeMs - spareMs)));
}

/** Deletes dead letters that are older than 30 days, a thousand at a time. */
export async function deleteDeadLetters<S extends Schema>(store: Store<S>, now: number = Date.now()): Promise<void> {
  const isOld = lt(parkedEvents.parkedAt, new Date(now - deadLettersMs));
  await deleteWhere(store, parkedEvents, sql`${isOld} and ${parkedEvents.state} = 'dead'`);
}

async function deleteWhere<S extends Schema>({ db }: Store<S>, table: PgTable, condition: SQL): Promise<void> {
  const some = sql`array(select ctid from ${table} where ${condition} limit ${deletedRows})`;
  let deleted: number | null;
  do {
    deleted = (await db.execute(sql`delete from ${table} where ctid = any(${some})`)).rowCount;
  } while (deleted === deletedRows);
}

async function checkLag<S extends Schema>({ db }: Store<S>, log: Logger): Promise<void> {
  const waiting = db.select({ since: outbox.createdAt }).from(outbox).where(isNull(outbox.sentAt));
  const [oldest] = await waiting.orderBy(asc(outbox.position)).limit(1);
  const lagMs = oldest ? Date.now() - oldest.since.getTime() : 0;
  if (lagMs > lagAlertMs) log.warn({ lagMs }, "events wait in the outbox");
}
