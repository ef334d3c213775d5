import { bytes, instant } from "@mesh/store/columns";
import { sql } from "drizzle-orm";
import { bigint, index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";

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
