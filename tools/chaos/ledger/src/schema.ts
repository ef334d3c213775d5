import { instant } from "@mesh/store/columns";
import { sql } from "drizzle-orm";
import { bigint, pgTable, text } from "drizzle-orm/pg-core";

export { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";

/** What the ledger handled, in this order. An event that takes effect twice has two entries. */
export const entries = pgTable("entries", {
  position: bigint({ mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
  subject: text().notNull(),
  key: text().notNull(),
  /** Of events that count what happened to their key. */
  version: bigint({ mode: "bigint" }),
  handledAt: instant("handled_at").notNull().default(sql`now()`),
});
