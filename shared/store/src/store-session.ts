// What it depends on of Drizzle's insides is listed in drizzle-internals.ts.
import { entityKind, type TablesRelationalConfig } from "drizzle-orm";
import { NodePgPreparedQuery, NodePgSession } from "drizzle-orm/node-postgres";
import type { PgDialect, PgPreparedQuery, PreparedQueryConfig } from "drizzle-orm/pg-core";
import type { RelationalSchemaConfig } from "drizzle-orm/relations";
import type { Pool } from "pg";
import { throwStoreFailure } from "./failure.ts";
import type { Statements } from "./lease.ts";
import type { Schema } from "./schema.ts";
import type { StoreScope } from "./scope.ts";
import { StatementNames } from "./statement-names.ts";
import { observeStatement } from "./telemetry/observe.ts";

const statementNames = new StatementNames();

/** Drizzle's session with the errors of a store, which contain no values. */
export class StoreSession<S extends Schema, T extends TablesRelationalConfig> extends NodePgSession<S, T> {
  static override readonly [entityKind]: string = "StoreSession";
  readonly statements: Statements;
  /** The scope whose span the statements are part of. */
  readonly #observedScope: StoreScope | undefined;
  readonly #outer: StoreSession<S, T> | undefined;
  #isEnded = false;

  /** @param outer the session of the transaction of which this one is a part. Undefined: it is the whole */
  constructor(
    statements: Statements,
    dialect: PgDialect,
    relations: RelationalSchemaConfig<T>,
    scope: StoreScope | undefined,
    outer?: StoreSession<S, T>,
  ) {
    // Of a pool or a client, Drizzle uses only `query`, because `transaction` is overridden.
    super(statements as Pool, dialect, relations);
    this.statements = statements;
    this.#observedScope = scope;
    this.#outer = outer;
  }

  get isEnded(): boolean {
    return this.#isEnded || this.#outer?.isEnded === true;
  }

  /** Makes every later statement fail. */
  end(): void {
    this.#isEnded = true;
  }

  override prepareQuery<C extends PreparedQueryConfig>(
    ...query: Parameters<NodePgSession<S, T>["prepareQuery"]>
  ): PgPreparedQuery<C> {
    const [statement, fields, name = statementNames.nameOf(statement.sql), ...rest] = query;
    return this.#observed(super.prepareQuery<C>(statement, fields, name, ...rest));
  }

  /** Returns what another session has prepared, for this one. */
  adopt<C extends PreparedQueryConfig>(prepared: PgPreparedQuery<C>): PgPreparedQuery<C> {
    return this.#observed(Object.create(prepared, { client: { value: this.statements } }));
  }

  #observed<C extends PreparedQueryConfig>(prepared: PgPreparedQuery<C>): PgPreparedQuery<C> {
    const { execute } = NodePgPreparedQuery.prototype;
    const { sql: text } = prepared.getQuery();
    prepared.execute = async (values) => {
      // Another transaction may already use the connection.
      if (this.isEnded) throw new Error("a statement came after the end of its transaction: is an await missing?");
      const run = () => execute.call(prepared as NodePgPreparedQuery<C>, values).catch(throwStoreFailure);
      return observeStatement(text, this.#observedScope, run);
    };
    return prepared;
  }
}
