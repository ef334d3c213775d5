import type { Schema, Store, StoreTransaction } from "@mesh/store";
import { and, asc, eq, inArray, isNotNull, ne, sql } from "drizzle-orm";
import type { Delivery } from "../delivery.ts";
import { inbox, type ParkedState, parkedEvents } from "../tables.ts";

/** A row of the table. */
export type ParkedRow = typeof parkedEvents.$inferSelect;

/** What is stored about a failure. */
export interface Failure {
  readonly state: Extract<ParkedState, "failing" | "upstream" | "dead">;
  readonly failures: number;
  readonly waits: number;
  readonly error: string;
  /** Undefined: the event is not tried again. */
  readonly retryAfterMs: number | undefined;
}

type Tx = StoreTransaction<Schema>;

/** The longest text of an error that is stored. */
const maxErrorLength = 2_000;

/** Parks an event that failed, or stores another failure of a parked one. */
export async function parkFailure(tx: Tx, delivery: Delivery, failure: Failure): Promise<void> {
  const { state, failures, waits, error, retryAfterMs } = failure;
  const nextAttemptAt = retryAfterMs === undefined ? null : inMs(retryAfterMs);
  const row = { state, failures, waits, kills: 0, error: textOf(error), nextAttemptAt, startedAt: null };
  const target = [parkedEvents.consumer, parkedEvents.messageId];
  await tx
    .insert(parkedEvents)
    .values({ ...contentOf(delivery), ...row })
    .onConflictDoUpdate({ target, set: row });
}

/**
 * Parks an event that has not been tried.
 *
 * @returns `settled` if it is handled or parked already, and `free` if there is no event that it would be behind
 */
export async function parkUntried(
  tx: Tx,
  delivery: Delivery,
  state: "behind" | "suspect",
): Promise<"parked" | "settled" | "free"> {
  if (await isSettled(tx, delivery)) return "settled";
  const isFirst = !(await hasWaiting(tx, delivery));
  if (state === "behind" && isFirst) return "free";
  const nextAttemptAt = isFirst ? inMs(0) : null;
  await tx.insert(parkedEvents).values({ ...contentOf(delivery), state, nextAttemptAt });
  return "parked";
}

async function hasWaiting(tx: Tx, { consumer, key }: Delivery): Promise<boolean> {
  return (
    (await tx.select({ position: parkedEvents.position }).from(parkedEvents).where(ofKey(consumer, key)).limit(1))
      .length > 0
  );
}

function ofKey(consumer: string, key: string) {
  return and(eq(parkedEvents.consumer, consumer), eq(parkedEvents.key, key), ne(parkedEvents.state, "dead"));
}

/** Returns whether an event is handled or parked. */
export async function isSettled(db: Pick<Tx, "execute">, { consumer, id }: Delivery): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    select 1 from ${inbox} where ${inbox.consumer} = ${consumer} and ${inbox.messageId} = ${id}
    union all select 1 from ${parkedEvents} where ${parkedEvents.consumer} = ${consumer} and ${parkedEvents.messageId} = ${id}`);
  return (rowCount ?? 0) > 0;
}

/** Returns the keys with parked events, each with their number. */
export async function parkedKeys({ db }: Store<Schema>, consumer: string): Promise<Map<string, number>> {
  const count = sql<number>`count(*)::int`;
  const waiting = and(eq(parkedEvents.consumer, consumer), ne(parkedEvents.state, "dead"));
  const rows = await db
    .select({ key: parkedEvents.key, count })
    .from(parkedEvents)
    .where(waiting)
    .groupBy(parkedEvents.key);
  return new Map(rows.map(({ key, count }) => [key, count]));
}

/** An event whose time has come. */
export type DueEvent = Pick<ParkedRow, "position" | "key" | "state">;

/** Returns the events whose time has come, oldest first, and the time until the next one, in milliseconds. */
export async function readDue({ db }: Store<Schema>, consumer: string, limit: number) {
  const { position, key, state, nextAttemptAt } = parkedEvents;
  const inMs = sql`extract(epoch from ${nextAttemptAt} - now()) * 1000`.mapWith(Number);
  const rows = await db
    .select({ position, key, state, inMs })
    .from(parkedEvents)
    .where(and(eq(parkedEvents.consumer, consumer), isNotNull(nextAttemptAt)))
    .orderBy(asc(nextAttemptAt), asc(position))
    .limit(limit);
  const due: DueEvent[] = rows.filter((row) => row.inMs <= 0);
  return { due, nextInMs: rows[due.length]?.inMs };
}

/** Begins an attempt. Returns undefined if the event is no longer to be tried. */
export async function claim(tx: Tx, position: number): Promise<ParkedRow | undefined> {
  const isWaiting = and(eq(parkedEvents.position, position), isNotNull(parkedEvents.nextAttemptAt));
  const [row] = await tx.update(parkedEvents).set({ startedAt: sql`now()` }).where(isWaiting).returning();
  return row;
}

/** Removes an event that was handled. */
export async function removeParked(tx: Tx, position: number): Promise<void> {
  await tx.delete(parkedEvents).where(eq(parkedEvents.position, position));
}

/** Lets the next event of a key be tried, if the one before it is done. Returns whether one waits. */
export async function promote(tx: Tx, consumer: string, key: string): Promise<boolean> {
  const { position, nextAttemptAt } = parkedEvents;
  const [next] = await tx
    .select({ position, nextAttemptAt })
    .from(parkedEvents)
    .where(ofKey(consumer, key))
    .orderBy(asc(position))
    .limit(1);
  if (next?.nextAttemptAt === null) await makeDue(tx, [next.position]);
  return next !== undefined;
}

/** Lets the first event of each key be tried, in case an earlier holder could not. */
export async function promoteAll(tx: Tx, consumer: string): Promise<void> {
  const { rows } = await tx.execute<{ position: string }>(sql`
    select position from (
      select distinct on (key) position, next_attempt_at from ${parkedEvents}
      where consumer = ${consumer} and state <> 'dead' order by key, position
    ) as first where next_attempt_at is null`);
  await makeDue(
    tx,
    rows.map(({ position }) => Number(position)),
  );
}

async function makeDue(tx: Tx, positions: readonly number[]): Promise<void> {
  if (positions.length === 0) return;
  const state = sql`case ${parkedEvents.state} when 'behind' then 'failing' else ${parkedEvents.state} end`;
  await tx
    .update(parkedEvents)
    .set({ state, nextAttemptAt: inMs(0) })
    .where(inArray(parkedEvents.position, [...positions]));
}

/** Forgets which attempts were running when the holder before released its lease. */
export async function endAttempts(tx: Tx, consumer: string): Promise<void> {
  await tx.update(parkedEvents).set({ startedAt: null }).where(isRunning(consumer));
}

/** The pause after each attempt alone during which the process ended, in milliseconds: its cause may be outside. */
const pauseAfterKillMs = 5_000;

/** Suspects the events that were being tried when the holder before ended. */
export async function suspectAttempts(tx: Tx, consumer: string): Promise<void> {
  const kills = sql`${parkedEvents.kills} + (${parkedEvents.state} = 'suspect')::int`;
  const nextAttemptAt = sql`now() + (${kills}) * ${pauseAfterKillMs} * interval '1 millisecond'`;
  const suspected = { state: "suspect", kills, startedAt: null, nextAttemptAt } as const;
  await tx.update(parkedEvents).set(suspected).where(isRunning(consumer));
}

function isRunning(consumer: string) {
  return and(eq(parkedEvents.consumer, consumer), isNotNull(parkedEvents.startedAt));
}

function contentOf({ consumer, id, key, source }: Delivery) {
  const { subject, sequence, headers, payload } = source;
  return { consumer, messageId: id, key, subject, sequence, headers, payload };
}

function inMs(ms: number) {
  return sql`now() + ${ms} * interval '1 millisecond'`;
}

/** PostgreSQL stores no U+0000 in a text. */
function textOf(error: string): string {
  return error.replaceAll("\0", "").slice(0, maxErrorLength);
}
