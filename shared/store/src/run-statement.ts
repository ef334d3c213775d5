import type { NodePgDatabase, NodePgSession } from "drizzle-orm/node-postgres";
import type { Schema, StoreTransaction } from "./schema.ts";

/** The rows of a statement. */
export interface StatementResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

type AnySession = Pick<NodePgSession<Record<string, unknown>, Record<string, never>>, "prepareQuery">;

/**
 * Runs one statement of a library that writes its own SQL, with the values of `$1` and so on. Times and intervals are text.
 *
 * @param db the database, or a transaction of it
 *
 * @example
 * ```ts no-run
 * import type { Schema, StoreTransaction } from "@mesh/store";
 * import { runStatement } from "@mesh/store/run-statement";
 *
 * async function length(tx: StoreTransaction<Schema>, text: string) {
 *   const { rows } = await runStatement(tx, "select length($1)", [text]);
 *   return rows[0]?.length;
 * }
 * ```
 */
export async function runStatement<S extends Schema>(
  db: NodePgDatabase<S> | StoreTransaction<S>,
  text: string,
  values: readonly unknown[] = [],
): Promise<StatementResult> {
  // See drizzle-internals.ts: the databases and transactions of a store have such a session, which Drizzle's types hide.
  const { session } = db as unknown as { readonly session: AnySession };
  const prepared = session.prepareQuery({ sql: text, params: [...values] }, undefined, undefined, false);
  // Without fields it returns what `pg` does.
  return (await prepared.execute()) as StatementResult;
}
