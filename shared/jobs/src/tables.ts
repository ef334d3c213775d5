import { bytes, instant } from "@mesh/store/columns";
import { sql } from "drizzle-orm";
import { boolean, index, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import type { StoredTarget } from "./schedules/target.ts";
import type { Timing } from "./schedules/timing.ts";
import type { StoredPrincipal } from "./stored-job.ts";

/** What a service does later: once at a time, or again and again. */
export const schedules = pgTable(
  "schedules",
  {
    name: text().primaryKey(),
    timing: jsonb().$type<Timing>().notNull(),
    /** The event or the job. */
    target: jsonb().$type<StoredTarget>().notNull(),
    payload: bytes().notNull(),
    /** For whom it is; null: the service itself. */
    principal: jsonb().$type<StoredPrincipal>(),
    /** Whether the code of the service lists it. */
    isDeclared: boolean("is_declared").notNull(),
    /** When it is due. */
    nextAt: instant("next_at").notNull(),
    lastAt: instant("last_at"),
    /** The process that has stored what its code lists. */
    listedBy: text("listed_by"),
    /** When that process last listed it. */
    listedAt: instant("listed_at").notNull().default(sql`now()`),
    /** Null: it runs. */
    pausedAt: instant("paused_at"),
    createdAt: instant("created_at").notNull().default(sql`now()`),
  },
  (table) => [index("schedules_due").on(table.nextAt).where(sql`${table.pausedAt} is null`)],
);
