import { bytes, instant } from "@mesh/store/columns";
import { sql } from "drizzle-orm";
import { bigint, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";

/** The calls of a user or an address in a window of time. The columns and their order are those of rate-limiter-flexible. */
export const rateLimits = pgTable(
  "rate_limits",
  {
    key: text().primaryKey(),
    points: integer().notNull(),
    /** In milliseconds since the epoch. */
    expire: bigint({ mode: "number" }),
  },
  (table) => [index("rate_limits_expire").on(table.expire)],
);

/** The calls with an Idempotency-Key of services that have no store, and their responses. */
export const keyedResults = pgTable(
  "keyed_results",
  {
    /** A hash of the principal, the method and the key. */
    id: text().primaryKey(),
    /** A hash of the request: the same key with another request is a conflict. */
    requestHash: text("request_hash").notNull(),
    /** The call that runs, or was the last to run. */
    attempt: uuid().notNull(),
    /** When another attempt may begin, if there is no response. */
    leaseUntil: instant("lease_until").notNull(),
    /** Null: the call runs, or its process was lost. */
    response: bytes(),
    createdAt: instant("created_at").notNull().default(sql`now()`),
  },
  (table) => [index("keyed_results_created").on(table.createdAt)],
);
