/** The text of schema.ts: one table of the service, and those that events and idempotency keys need. */
export const schemaFile = [
  'import { int64 } from "@mesh/store/columns";',
  'import { pgTable, text } from "drizzle-orm/pg-core";',
  "",
  'export { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";',
  'export { keyedResults } from "@mesh/store/tables";',
  "",
  "/** The number of requests for each text. */",
  'export const texts = pgTable("texts", {',
  '  text: text("text").primaryKey(),',
  '  times: int64("times").notNull(),',
  "});",
  "",
].join("\n");

/** The text of store.ts: the queries. */
export const storeFile = [
  'import type { Transaction } from "@mesh/service";',
  'import { sql } from "drizzle-orm";',
  'import * as schema from "./schema.ts";',
  "",
  "export type Tx = Transaction<typeof schema>;",
  "const { texts } = schema;",
  "",
  "/** Adds one to the count of a text. */",
  "export async function countText(tx: Tx, text: string): Promise<void> {",
  "  const once = tx.insert(texts).values({ text, times: 1n });",
  "  await once.onConflictDoUpdate({ target: texts.text, set: { times: sql`$" + "{texts.times} + 1` } });",
  "}",
  "",
].join("\n");
