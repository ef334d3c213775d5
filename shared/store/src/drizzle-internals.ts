// The only file that depends on the insides of Drizzle, which may change in any release: every package.json pins
// drizzle-orm and drizzle-kit exactly. Drizzle exports these, but does not document them:
//
// - `NodePgSession` is extended: `prepareQuery` and `transaction` are overridden, and `dialect` is read. Drizzle has no hook
//   for errors, and its own contain the values of the statement. Its transactions do not notice a COMMIT that PostgreSQL
//   turned into a ROLLBACK, and take statements after their end.
// - `execute` of a prepared query is replaced, because every statement ends there.
// - `NodePgDatabase`, `NodePgTransaction` and `PgDialect` are constructed here, because `drizzle()` takes no session.
// - `extractTablesRelationalConfig` and `createTableRelationsHelpers` build what `drizzle()` builds from a schema.
// - `entityKind` names a class, which Drizzle's `is()` compares instead of using `instanceof`.
import {
  createTableRelationsHelpers,
  type ExtractTablesWithRelations,
  entityKind,
  extractTablesRelationalConfig,
  type TablesRelationalConfig,
} from "drizzle-orm";
import { NodePgDatabase, NodePgSession, NodePgTransaction } from "drizzle-orm/node-postgres";
import {
  PgDialect,
  type PgPreparedQuery,
  type PgTransactionConfig,
  type PreparedQueryConfig,
} from "drizzle-orm/pg-core";
import type { RelationalSchemaConfig } from "drizzle-orm/relations";
import type { Pool } from "pg";
import { throwStoreFailure } from "./failure.ts";
import { runTransaction } from "./pool.ts";
import type { Schema } from "./schema.ts";

type Relations<T extends TablesRelationalConfig> = RelationalSchemaConfig<T>;

/** Drizzle's session with the errors of a store, which contain no values. */
class StoreSession<S extends Schema, T extends TablesRelationalConfig> extends NodePgSession<S, T> {
  static override readonly [entityKind]: string = "StoreSession";
  #isEnded = false;

  /** Makes every later statement fail. */
  end(): void {
    this.#isEnded = true;
  }

  override prepareQuery<C extends PreparedQueryConfig>(
    ...query: Parameters<NodePgSession<S, T>["prepareQuery"]>
  ): PgPreparedQuery<C> {
    const prepared = super.prepareQuery<C>(...query);
    const execute = prepared.execute.bind(prepared);
    prepared.execute = async (values) => {
      // Another transaction may already use the connection.
      if (this.#isEnded) throw new Error("a statement came after the end of its transaction: is an await missing?");
      return execute(values).catch(throwStoreFailure);
    };
    return prepared;
  }
}

/** The session of a pool. Each transaction takes a connection of its own. */
class PoolSession<S extends Schema, T extends TablesRelationalConfig> extends StoreSession<S, T> {
  static override readonly [entityKind]: string = "PoolSession";
  readonly #pool: Pool;
  readonly #relations: Relations<T>;

  constructor(pool: Pool, dialect: PgDialect, relations: Relations<T>) {
    super(pool, dialect, relations);
    this.#pool = pool;
    this.#relations = relations;
  }

  override async transaction<R>(
    work: (tx: NodePgTransaction<S, T>) => Promise<R>,
    config: PgTransactionConfig = {},
  ): Promise<R> {
    const client = await this.#pool.connect().catch(throwStoreFailure);
    const session = new StoreSession<S, T>(client, this.dialect, this.#relations);
    const tx = new NodePgTransaction<S, T>(this.dialect, session, this.#relations);
    return runTransaction(client, config, () => work(tx).finally(() => session.end()));
  }
}

/** Creates Drizzle's database over a pool, with the errors and transactions of a store. */
export function createDatabase<S extends Schema>(pool: Pool, schema: S): NodePgDatabase<S> {
  const dialect = new PgDialect();
  const relations = relationsOf(schema);
  const session = new PoolSession<S, ExtractTablesWithRelations<S>>(pool, dialect, relations);
  return new NodePgDatabase<S>(dialect, session, relations);
}

function relationsOf<S extends Schema>(schema: S): Relations<ExtractTablesWithRelations<S>> {
  const { tables, tableNamesMap } = extractTablesRelationalConfig(schema, createTableRelationsHelpers);
  // Drizzle's function loses the type of its argument.
  return { fullSchema: schema, schema: tables as ExtractTablesWithRelations<S>, tableNamesMap };
}
