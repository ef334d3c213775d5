// Apart from the driver, which a process without a store does not load.
import type { Schema, StoreTransaction } from "./schema.ts";

/** The session of a transaction of a store, which Drizzle's types hide. See drizzle-internals.ts. */
interface Session {
  readonly statements: { readonly defer?: (statement: PromiseLike<unknown>) => Promise<void> };
  readonly isEnded: boolean;
}

/**
 * Lets a transaction go on before the response to a statement whose result it does not need. If the statement fails, the next one and
 * the commit fail with its error.
 *
 * @example
 * ```ts no-run
 * import { defer, type Schema, type StoreTransaction } from "@mesh/store";
 * import { sql } from "drizzle-orm";
 *
 * async function note(tx: StoreTransaction<Schema>, text: string) {
 *   await defer(tx, tx.execute(sql`insert into notes (text) values (${text})`));
 * }
 * ```
 */
export async function defer<S extends Schema>(tx: StoreTransaction<S>, statement: PromiseLike<unknown>): Promise<void> {
  const { statements, isEnded } = (tx as unknown as { readonly session: Session }).session;
  // After the end, there is no next statement that could fail.
  await (statements.defer && !isEnded ? statements.defer(statement) : statement);
}
