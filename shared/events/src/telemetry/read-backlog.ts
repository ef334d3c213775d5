import type { Schema, Store } from "@mesh/store";
import { count, isNull, sql } from "drizzle-orm";
import { outbox } from "../tables.ts";
import type { Backlog } from "./instruments.ts";

/** Reads what waits in the outbox, over an index of it. Undefined: the database does not respond. */
export async function readBacklog<S extends Schema>({ db }: Store<S>): Promise<Backlog | undefined> {
  const ageSeconds = sql<number>`coalesce(extract(epoch from now() - min(${outbox.createdAt})), 0)::float8`;
  try {
    const [row] = await db.select({ events: count(), ageSeconds }).from(outbox).where(isNull(outbox.sentAt));
    return row;
  } catch {
    return undefined;
  }
}
