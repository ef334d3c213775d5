// Apart from the driver, which a process without a store does not load.
import { type Placeholder, sql } from "drizzle-orm/sql";

/** What Drizzle prepares. */
interface Prepared<R> {
  execute(values?: Record<string, unknown>): Promise<R>;
}

/** The session of a store, which Drizzle's types hide. See drizzle-internals.ts. */
interface Session {
  adopt<R>(prepared: Prepared<R>): Prepared<R>;
}

let count = 0;

/**
 * Makes a statement whose text is built at its first use only, for those that run often: to build it takes Drizzle as long as the rest
 * of a short statement takes. PostgreSQL parses it once per connection.
 *
 * @param build returns the statement, with a placeholder for each value; nothing else of it may differ between uses
 * @returns a function that runs it with a database, or in a transaction
 *
 * @example
 * ```ts no-run
 * import { type Schema, type StoreTransaction, statement } from "@mesh/store";
 * import { eq } from "drizzle-orm";
 * import { pgTable, text } from "drizzle-orm/pg-core";
 *
 * const notes = pgTable("notes", { id: text().primaryKey() });
 * const find = statement((tx: StoreTransaction<Schema>, value: (name: "id") => never) =>
 *   tx.select().from(notes).where(eq(notes.id, value("id"))),
 * );
 * const noteOf = (tx: StoreTransaction<Schema>, id: string) => find(tx, { id });
 * ```
 */
export function statement<D extends object, N extends string, R>(
  build: (db: D, value: (name: N) => never) => { prepare(name: string): Prepared<R> },
): (db: D, values: Readonly<Record<N, unknown>>) => Promise<R> {
  let prepared: Prepared<R> | undefined;
  return (db, values) => {
    prepared ??= detached(build(db, placeholder).prepare(`mesh_fixed_${++count}`));
    return (db as unknown as { readonly session: Session }).session.adopt(prepared).execute(values);
  };
}

/** Removes what belongs to the session that has prepared it, which ends with its transaction. */
function detached<R>(prepared: Prepared<R>): Prepared<R> {
  Reflect.deleteProperty(prepared, "execute");
  return Object.assign(prepared, { client: undefined });
}

/** Drizzle accepts it for a value of every type. */
const placeholder = sql.placeholder as (name: string) => Placeholder as (name: string) => never;
