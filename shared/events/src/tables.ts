import { bytes, instant } from "@mesh/store/columns";
import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";

/** Events that were published in a transaction and are sent to NATS after it. */
export const outbox = pgTable(
  "outbox",
  {
    /** The order in which they are sent. */
    position: bigint({ mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    /** The message id: the same however often it is sent. */
    id: uuid().notNull().defaultRandom(),
    stream: text().notNull(),
    subject: text().notNull(),
    /** The id of the thing that the event concerns: events of the same key stay in order. */
    key: text().notNull(),
    headers: jsonb().$type<Readonly<Record<string, string>>>().notNull(),
    payload: bytes().notNull(),
    createdAt: instant("created_at").notNull().default(sql`now()`),
    /** Null: not sent yet. */
    sentAt: instant("sent_at"),
    /** Its sequence in the stream, or a later one; null: not sent yet, or not known. */
    sequence: bigint({ mode: "number" }),
  },
  (table) => [
    index("outbox_unsent").on(table.position).where(sql`${table.sentAt} is null`),
    index("outbox_sent").on(table.sentAt).where(sql`${table.sentAt} is not null`),
  ],
);

/** Events that were handled, so that none takes effect twice. */
export const inbox = pgTable(
  "inbox",
  {
    consumer: text().notNull(),
    messageId: text("message_id").notNull(),
    handledAt: instant("handled_at").notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.consumer, table.messageId] }), index("inbox_handled").on(table.handledAt)],
);

/** Which process consumes an event for the service, and how far it is. */
export const consumerLeases = pgTable("consumer_leases", {
  /** The name of the durable consumer. */
  consumer: text().primaryKey(),
  /** The process that consumes; null: it has released the lease. */
  holder: uuid(),
  /** Rises whenever another process takes the lease, so that no transaction of an earlier one commits. */
  epoch: bigint({ mode: "number" }).notNull(),
  /** The stream that the sequences belong to: when NATS created it, and when it had lost events. Null: nothing was received yet. */
  stream: text(),
  /** Every event up to this sequence of the stream is handled, or parked. */
  position: bigint({ mode: "number" }).notNull().default(0),
  /** The sequences after `position` that are handled or parked, when the holder released the lease. */
  settled: bigint({ mode: "number" }).array().notNull().default(sql`'{}'`),
  /** No event after this sequence was handed to a handler. */
  handedTo: bigint("handed_to", { mode: "number" }).notNull().default(0),
  /** How many holders in a row have ended, or stalled, without releasing the lease. */
  crashes: integer().notNull().default(0),
});

/** The processes of the service that can consume. */
export const consumerProcesses = pgTable("consumer_processes", {
  id: uuid().primaryKey(),
  /** The consumers that it has handlers for. */
  consumers: text().array().notNull(),
  expiresAt: instant("expires_at").notNull(),
});

/** Events that wait for another attempt, or were dead-lettered. */
export const parkedEvents = pgTable(
  "parked_events",
  {
    /** The order in which they were parked, which is that of the stream. */
    position: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    consumer: text().notNull(),
    messageId: text("message_id").notNull(),
    key: text().notNull(),
    subject: text().notNull(),
    sequence: bigint({ mode: "number" }).notNull(),
    headers: jsonb().$type<Readonly<Record<string, string>>>().notNull(),
    payload: bytes().notNull(),
    /**
     * `failing`; `upstream`: what it needs is unavailable; `behind` another event of its key; `suspect`: its process ended
     * while it was handled; `dead`: it is not tried again.
     */
    state: text().$type<ParkedState>().notNull(),
    /** How often its handler failed. */
    failures: integer().notNull().default(0),
    /** How often in a row an upstream was unavailable. */
    waits: integer().notNull().default(0),
    /** How often its process ended while only this event was suspected. */
    kills: integer().notNull().default(0),
    error: text(),
    parkedAt: instant("parked_at").notNull().default(sql`now()`),
    /** Null: it waits for another event, or is dead. */
    nextAttemptAt: instant("next_attempt_at"),
    /** When the attempt began that runs now; null: none does. */
    startedAt: instant("started_at"),
  },
  (table) => [
    uniqueIndex("parked_events_message").on(table.consumer, table.messageId),
    index("parked_events_due").on(table.consumer, table.nextAttemptAt).where(sql`${table.nextAttemptAt} is not null`),
    index("parked_events_key").on(table.consumer, table.key, table.position).where(sql`${table.state} <> 'dead'`),
    index("parked_events_dead").on(table.parkedAt).where(sql`${table.state} = 'dead'`),
  ],
);

/** Why an event is parked. */
export type ParkedState = "failing" | "upstream" | "behind" | "suspect" | "dead";
