/** The tables: one of its own, and those that events need. */
export const schemaFile = [
  'import { int64 } from "@mesh/store/columns";',
  'import { pgTable, text } from "drizzle-orm/pg-core";',
  "",
  'export { inbox, outbox } from "@mesh/events/tables";',
  "",
  "/** How often each text was sent. */",
  'export const texts = pgTable("texts", {',
  '  text: text("text").primaryKey(),',
  '  times: int64("times").notNull(),',
  "});",
  "",
].join("\n");

/** The queries. */
export const storeFile = [
  'import type { Transaction } from "@mesh/service";',
  'import { sql } from "drizzle-orm";',
  'import * as schema from "./schema.ts";',
  "",
  "export type Tx = Transaction<typeof schema>;",
  "const { texts } = schema;",
  "",
  "/** Counts a text that was sent once more. */",
  "export async function countText(tx: Tx, text: string): Promise<void> {",
  "  const once = tx.insert(texts).values({ text, times: 1n });",
  "  await once.onConflictDoUpdate({ target: texts.text, set: { times: sql`$" + "{texts.times} + 1` } });",
  "}",
  "",
].join("\n");
