import type { Schema, Store } from "@mesh/store";
import { sql } from "drizzle-orm";
import type { ConsumerInfo } from "nats";

/** The key of the metadata of a consumer in NATS that has the database of its service. */
const databaseKey = "mesh-database";

/** Returns the metadata of a consumer: the database of its service, in which its place is. */
export async function ownerOf({ db }: Store<Schema>): Promise<Record<string, string>> {
  const { rows } = await db.execute<{ name: string }>(
    sql`select concat_ws('/', system_identifier, current_database(), current_schema()) as name from pg_control_system()`,
  );
  return { [databaseKey]: rows[0]?.name ?? "" };
}

/** Returns whether a consumer is of a database, or of a version that did not note it. */
export function isOwn({ config }: ConsumerInfo, owner: Readonly<Record<string, string>>): boolean {
  const database = config.metadata?.[databaseKey];
  return database === undefined || database === owner[databaseKey];
}

/** @throws Error if a service with another database receives from a consumer now */
export function checkOwner(info: ConsumerInfo, owner: Readonly<Record<string, string>>): void {
  if (isOwn(info, owner) || info.num_waiting === 0) return;
  throw new Error("a service with another database consumes by this name: the names of services must differ");
}
