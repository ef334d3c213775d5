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
import type { Pool, PoolClient } from "pg";
import { storeFailure } from "./failure.ts";

/** The tables of a service, by name: what its `schema.ts` exports. */
export type Schema = Record<string, unknown>;

/** A transaction of a store. */
export type StoreTransaction<S extends Schema> = NodePgTransaction<S, ExtractTablesWithRelations<S>>;

type Relations<T extends TablesRelationalConfig> = RelationalSchemaConfig<T>;

/** Drizzle's session, but for its errors: they become ours, which carry no values. */
class StoreSession<S extends Schema, T extends TablesRelationalConfig> extends NodePgSession<S, T> {
  static override readonly [entityKind]: string = "StoreSession";
  #isEnded = false;

  /** From now on every statement fails. */
  end(): void {
    this.#isEnded = true;
  }

  override prepareQuery<C extends PreparedQueryConfig>(
    ...query: Parameters<NodePgSession<S, T>["prepareQuery"]>
  ): PgPreparedQuery<C> {
    const prepared = super.prepareQuery<C>(...query);
    const execute = prepared.execute.bind(prepared);
    prepared.execute = async (values) => {
      // Its connection may be in somebody else's transaction by now.
      if (this.#isEnded) throw new Error("a statement came after the end of its transaction: is an await missing?");
      return execute(values).catch(fail);
    };
    return prepared;
  }
}

/** The session of a pool: a transaction takes a connection of its own. */
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
    const client = await this.#pool.connect().catch(fail);
    const session = new StoreSession<S, T>(client, this.dialect, this.#relations);
    const tx = new NodePgTransaction<S, T>(this.dialect, session, this.#relations);
    try {
      await client.query(beginOf(config)).catch(fail);
      const result = await work(tx).finally(() => session.end());
      await commit(client);
      client.release();
      return result;
    } catch (error) {
      await rollback(client);
      throw error;
    }
  }
}

function beginOf({ isolationLevel, accessMode, deferrable }: PgTransactionConfig): string {
  const isolation = isolationLevel && `isolation level ${isolationLevel}`;
  return ["begin", isolation, accessMode, deferrable && "deferrable"].filter(Boolean).join(" ");
}

/** PostgreSQL answers COMMIT with ROLLBACK, and no error, where a statement failed and somebody caught its error. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query("commit").catch(fail);
  if (command !== "COMMIT") throw new Error("rolled back: a statement failed before, and its error was caught");
}

/** A connection that can't even roll back goes back to nobody. */
async function rollback(client: PoolClient): Promise<void> {
  const broken = await client.query("rollback").then(
    () => false,
    () => true,
  );
  client.release(broken);
}

function fail(error: unknown): never {
  throw storeFailure(error);
}

/** Drizzle over a pool, with the errors and transactions of a store. */
export function createDatabase<S extends Schema>(pool: Pool, schema: S): NodePgDatabase<S> {
  const dialect = new PgDialect();
  const relations = relationsOf(schema);
  const session = new PoolSession<S, ExtractTablesWithRelations<S>>(pool, dialect, relations);
  return new NodePgDatabase<S>(dialect, session, relations);
}

function relationsOf<S extends Schema>(schema: S): Relations<ExtractTablesWithRelations<S>> {
  const { tables, tableNamesMap } = extractTablesRelationalConfig(schema, createTableRelationsHelpers);
  // Drizzle's function does not carry the type of what it is given.
  return { fullSchema: schema, schema: tables as ExtractTablesWithRelations<S>, tableNamesMap };
}
