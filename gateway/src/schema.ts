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

/** The sessions of people who have signed in. One that ends early is deleted. */
export const sessions = pgTable(
  "sessions",
  {
    id: uuid().primaryKey(),
    customerId: uuid("customer_id").notNull(),
    name: text().notNull(),
    roles: text().array().notNull(),
    issuer: text().notNull(),
    subject: text().notNull(),
    /** By which the issuer knows the session when the person signs out. */
    idToken: text("id_token").notNull(),
    /** The issuer's id of its session. Null: its ID tokens have none. */
    issuerSession: text("issuer_session"),
    /** How often its cookie was replaced, from 1. */
    generation: integer().notNull(),
    createdAt: instant("created_at").notNull(),
    /** When the cookie of this generation was made. */
    rotatedAt: instant("rotated_at").notNull(),
    /** When a browser first sent the cookie of this generation. Null: none has. */
    usedAt: instant("used_at"),
    /** When it was last used, to the minute. */
    seenAt: instant("seen_at").notNull(),
    /** When it ends, however often it is used. */
    endsAt: instant("ends_at").notNull(),
  },
  (table) => [index("sessions_seen").on(table.seenAt), index("sessions_subject").on(table.subject)],
);

/** The logout tokens that issuers have sent, for as long as they would be accepted again. */
export const logoutTokens = pgTable(
  "logout_tokens",
  {
    /** A hash of the issuer and the id of the token. */
    id: text().primaryKey(),
    validUntil: instant("valid_until").notNull(),
  },
  (table) => [index("logout_tokens_valid").on(table.validUntil)],
);
