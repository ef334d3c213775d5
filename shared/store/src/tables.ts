import { sql } from "drizzle-orm";
import { index, pgTable, text } from "drizzle-orm/pg-core";
import { bytes, instant } from "./columns.ts";

/** The responses of calls with an idempotency key, so that none takes effect twice. Kept for a day. */
export const keyedResults = pgTable(
  "keyed_results",
  {
    /** A hash of the principal, the method and the key. */
    id: text().primaryKey(),
    /** A hash of the request: the same key with another request is a conflict. */
    requestHash: text("request_hash").notNull(),
    response: bytes().notNull(),
    createdAt: instant("created_at").notNull().default(sql`now()`),
  },
  (table) => [index("keyed_results_created").on(table.createdAt)],
);
