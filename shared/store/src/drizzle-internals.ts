// This file and store-session.ts depend on the insides of Drizzle, which may change in any release: every package.json pins
// drizzle-orm and drizzle-kit exactly. No other file does. Drizzle exports these, but does not document them:
//
// - `NodePgSession` is extended: `prepareQuery` and `transaction` are overridden, and `dialect` is read. Drizzle has no hook
//   for errors, and its own contain the values of the statement. Its transactions do not notice a COMMIT that PostgreSQL
//   turned into a ROLLBACK, and take statements after their end.
// - `execute` of a prepared query is replaced, because every statement ends there. Its `client` is the one that it runs on, and is
//   replaced in a query that another session has prepared, see statement.ts.
// - The `session` of a transaction is read, for the database within it, and in defer.ts and run-statement.ts.
// - `NodePgDatabase`, `NodePgTransaction` and `PgDialect` are constructed here, because `drizzle()` takes no session.
// - `extractTablesRelationalConfig` and `createTableRelationsHelpers` build what `drizzle()` builds from a schema.
// - `NodePgDatabase` reads its `session` at every statement, and has the `query` of each table since its construction.
// - `entityKind` names a class, which Drizzle's `is()` compares instead of using `instanceof`.
import {
  createTableRelationsHelpers,
  type ExtractTablesWithRelations,
  entityKind,
  extractTablesRelationalConfig,
  type TablesRelationalConfig,
} from "drizzle-orm";
import { NodePgDatabase, type NodePgSession, NodePgTransaction } from "drizzle-orm/node-postgres";
import {
  PgDialect,
  type PgPreparedQuery,
  type PgTransactionConfig,
  type PreparedQueryConfig,
} from "drizzle-orm/pg-core";
import type { RelationalSchemaConfig } from "drizzle-orm/relations";
import type { BoundedPool } from "./bounded-pool.ts";
import { throwStoreFailure } from "./failure.ts";
import { Lease, SingleStatements } from "./lease.ts";
import { type Opening, runTransaction } from "./run-transaction.ts";
import { Savepoints } from "./savepoints.ts";
import type { Schema, StoreTransaction } from "./schema.ts";
import type { StoreScope } from "./scope.ts";
import { StoreSession } from "./store-session.ts";
import { observeTransaction } from "./telemetry/observe.ts";

type Relations<T extends TablesRelationalConfig> = RelationalSchemaConfig<T>;

/** What the sessions of a database share. */
interface SharedParts<T extends TablesRelationalConfig> {
  readonly pool: BoundedPool;
  readonly dialect: PgDialect;
  readonly relations: Relations<T>;
  readonly statementTimeoutMs: number;
}

/** The session of a pool, for one scope or for none. Each statement and each transaction takes a connection of its own. */
class PoolSession<S extends Schema, T extends TablesRelationalConfig> extends StoreSession<S, T> {
  static override readonly [entityKind]: string = "PoolSession";
  readonly #parts: SharedParts<T>;
  readonly #scope: StoreScope | undefined;

  constructor(parts: SharedParts<T>, scope: StoreScope | undefined) {
    super(new SingleStatements(parts.pool, scope), parts.dialect, parts.relations, scope);
    this.#parts = parts;
    this.#scope = scope;
  }

  override async transaction<R>(
    work: (tx: NodePgTransaction<S, T>) => Promise<R>,
    config: PgTransactionConfig & { readonly opening?: Opening | undefined } = {},
  ): Promise<R> {
    const { pool, dialect, relations, statementTimeoutMs } = this.#parts;
    return observeTransaction(this.#scope, async (scope) => {
      const lease = new Lease(await pool.take(scope).catch(throwStoreFailure), scope);
      const session = new StoreSession<S, T>(lease, dialect, relations, scope);
      const tx = new NodePgTransaction<S, T>(dialect, session, relations);
      const run = async () => work(tx);
      return runTransaction(lease, { ...config, statementTimeoutMs }, { run, end: () => session.end() });
    });
  }
}

/** The session of work within a transaction. What fails in it is undone to a savepoint. */
class InnerSession<S extends Schema, T extends TablesRelationalConfig> extends StoreSession<S, T> {
  static override readonly [entityKind]: string = "InnerSession";
  readonly #outer: StoreSession<S, T>;
  readonly #relations: Relations<T>;
  readonly #savepoints: Savepoints;

  constructor(outer: StoreSession<S, T>, dialect: PgDialect, relations: Relations<T>) {
    super(outer.statements, dialect, relations, undefined);
    this.#outer = outer;
    this.#relations = relations;
    this.#savepoints = new Savepoints(outer.statements);
  }

  override prepareQuery<C extends PreparedQueryConfig>(
    ...query: Parameters<NodePgSession<S, T>["prepareQuery"]>
  ): PgPreparedQuery<C> {
    return this.#undoable(this.#outer.prepareQuery<C>(...query));
  }

  override adopt<C extends PreparedQueryConfig>(prepared: PgPreparedQuery<C>): PgPreparedQuery<C> {
    return this.#undoable(this.#outer.adopt(prepared));
  }

  #undoable<C extends PreparedQueryConfig>(prepared: PgPreparedQuery<C>): PgPreparedQuery<C> {
    if (/^\s*select\b/i.test(prepared.getQuery().sql)) return prepared;
    const execute = prepared.execute.bind(prepared);
    prepared.execute = (values) => this.#savepoints.runInTurn(() => execute(values));
    return prepared;
  }

  /** Runs work to a savepoint. Isolation and access are those of the transaction around it. */
  override async transaction<R>(work: (tx: NodePgTransaction<S, T>) => Promise<R>): Promise<R> {
    const tx = new NodePgTransaction<S, T>(this.dialect, this.#outer, this.#relations, 1);
    return this.#savepoints.run(() => work(tx));
  }
}

function outerSessionOf<S extends Schema>(tx: StoreTransaction<S>) {
  // `PoolSession` gives every transaction such a session.
  return (tx as unknown as { readonly session: StoreSession<S, ExtractTablesWithRelations<S>> }).session;
}

/** A part of the work of a transaction. */
export interface TransactionPart<S extends Schema> {
  readonly tx: StoreTransaction<S>;
  /** Makes every later statement of this part fail. */
  readonly end: () => void;
}

/** Drizzle's database over a pool, with the errors and transactions of a store. */
export interface BindableDatabase<S extends Schema> {
  readonly db: NodePgDatabase<S>;
  /** Returns the database for the statements and transactions of a scope. */
  bind(scope: StoreScope): NodePgDatabase<S>;
  /** Returns the database for work within a transaction of it. */
  within(tx: StoreTransaction<S>): NodePgDatabase<S>;
  /** Returns the transaction for a part of its work, whose statements are recorded below the span of the scope. */
  partOf(tx: StoreTransaction<S>, scope: StoreScope): TransactionPart<S>;
}

/** Creates Drizzle's database over a pool. @param statementTimeoutMs the limit of every statement; 0: there is none */
export function createDatabase<S extends Schema>(
  pool: BoundedPool,
  schema: S,
  statementTimeoutMs: number,
): BindableDatabase<S> {
  const dialect = new PgDialect();
  const relations = relationsOf(schema);
  const parts = { pool, dialect, relations, statementTimeoutMs };
  const session = new PoolSession<S, ExtractTablesWithRelations<S>>(parts, undefined);
  const db = new NodePgDatabase<S>(dialect, session, relations);
  const Bound = boundTo(db, parts);
  // It inherits from the database.
  return {
    db,
    bind: (scope) => new Bound(scope) as unknown as NodePgDatabase<S>,
    within: (tx) =>
      new NodePgDatabase<S>(dialect, new InnerSession(outerSessionOf<S>(tx), dialect, relations), relations),
    partOf(tx, scope) {
      const outer = outerSessionOf<S>(tx);
      const session = new StoreSession(outer.statements, dialect, relations, scope, outer);
      return { tx: withSession(tx, session, parts), end: () => session.end() };
    },
  };
}

/** Returns a transaction that inherits from another one, as a database for a scope does. */
function withSession<S extends Schema>(
  tx: StoreTransaction<S>,
  session: StoreSession<S, ExtractTablesWithRelations<S>>,
  { dialect, relations }: SharedParts<ExtractTablesWithRelations<S>>,
): StoreTransaction<S> {
  let query: StoreTransaction<S>["query"] | undefined;
  return Object.create(tx, {
    session: { value: session },
    query: {
      get() {
        query ??= new NodePgDatabase<S>(dialect, session, relations).query;
        return query;
      },
    },
  });
}

/**
 * Makes a class of databases for a scope. They inherit from the given one: Drizzle's constructor takes as long as the schema
 * has tables, and many calls use no database.
 */
function boundTo<S extends Schema>(db: NodePgDatabase<S>, parts: SharedParts<ExtractTablesWithRelations<S>>) {
  class BoundDatabase {
    readonly scope: StoreScope;
    ownSession: PoolSession<S, ExtractTablesWithRelations<S>> | undefined;
    ownQuery: NodePgDatabase<S>["query"] | undefined;

    constructor(scope: StoreScope) {
      this.scope = scope;
    }

    get session() {
      this.ownSession ??= new PoolSession(parts, this.scope);
      return this.ownSession;
    }

    get query() {
      this.ownQuery ??= new NodePgDatabase<S>(parts.dialect, this.session, parts.relations).query;
      return this.ownQuery;
    }
  }
  Object.setPrototypeOf(BoundDatabase.prototype, db);
  return BoundDatabase;
}

function relationsOf<S extends Schema>(schema: S): Relations<ExtractTablesWithRelations<S>> {
  const { tables, tableNamesMap } = extractTablesRelationalConfig(schema, createTableRelationsHelpers);
  // Drizzle's function loses the type of its argument.
  return { fullSchema: schema, schema: tables as ExtractTablesWithRelations<S>, tableNamesMap };
}
