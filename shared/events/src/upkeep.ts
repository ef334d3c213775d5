import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type Store } from "@mesh/store";
import { asc, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { inbox, outbox } from "./tables.ts";

const hourMs = 60 * 60_000;

/** Sent events stay for a day, so that a stream that was lost can be filled again. */
const sentRowsMs = 24 * hourMs;

/** Longer than any stream keeps an event (7 days): until then it may come again. */
const handledRowsMs = 14 * 24 * hourMs;

const cleanEveryMs = 10 * 60_000;
const checkEveryMs = 30_000;
const lagAlertMs = 60_000;
const deleteAtOnce = 1_000;

/** Deletes old rows and warns of events that wait for long, until it is closed. */
export function startUpkeep<S extends Schema>(store: Store<S>, log: Logger): { close(): Promise<void> } {
  const closing = new AbortController();
  const tasks = [repeat(cleanEveryMs, () => deleteOld(store)), repeat(checkEveryMs, () => checkLag(store, log))];

  async function repeat(everyMs: number, task: () => Promise<void>): Promise<void> {
    while (!closing.signal.aborted) {
      await task().catch((error: unknown) => {
        if (!isStoreUnavailable(error)) log.warn({ err: error }, "could not look after the outbox and the inbox");
      });
      await sleep(everyMs, undefined, closing).catch(() => {});
    }
  }

  return {
    async close() {
      closing.abort();
      await Promise.all(tasks);
    },
  };
}

/** Deletes what is older than it needs to be, a thousand rows at a time. */
export async function deleteOld<S extends Schema>(store: Store<S>, now: number = Date.now()): Promise<void> {
  await deleteWhere(store, outbox, lt(outbox.sentAt, new Date(now - sentRowsMs)));
  await deleteWhere(store, inbox, lt(inbox.handledAt, new Date(now - handledRowsMs)));
}

async function deleteWhere<S extends Schema>({ db }: Store<S>, table: PgTable, condition: SQL): Promise<void> {
  const some = sql`array(select ctid from ${table} where ${condition} limit ${deleteAtOnce})`;
  let deleted: number | null;
  do {
    deleted = (await db.execute(sql`delete from ${table} where ctid = any(${some})`)).rowCount;
  } while (deleted === deleteAtOnce);
}

async function checkLag<S extends Schema>({ db }: Store<S>, log: Logger): Promise<void> {
  const waiting = db.select({ since: outbox.createdAt }).from(outbox).where(isNull(outbox.sentAt));
  const [oldest] = await waiting.orderBy(asc(outbox.position)).limit(1);
  const lagMs = oldest ? Date.now() - oldest.since.getTime() : 0;
  if (lagMs > lagAlertMs) log.warn({ lagMs }, "events wait in the outbox");
}
