import type { RunningMesh } from "@mesh/testing/mesh";
import { openSql, type SqlConnection } from "@mesh/testing/sql";
import { within } from "../within.ts";

/** A connection to the database of each app that has one, by the name of its folder. */
export class Databases implements AsyncDisposable {
  readonly #connections: ReadonlyMap<string, SqlConnection>;
  readonly #last = new WeakMap<SqlConnection, Promise<unknown>>();

  private constructor(connections: ReadonlyMap<string, SqlConnection>) {
    this.#connections = connections;
  }

  /** Opens them without the networks of the processes. */
  static async open(mesh: RunningMesh, names: readonly string[]): Promise<Databases> {
    const opened = names.map(async (name) => [name, await openSql(mesh.databaseUrlOf(name))] as const);
    return new Databases(new Map(await Promise.all(opened)));
  }

  /** Runs a query on the database of an app. The caller knows its columns. */
  async query<T>(name: string, statement: string, values: readonly unknown[] = []): Promise<readonly T[]> {
    const connection = this.#connections.get(name);
    if (!connection) throw new Error(`${name} has no database`);
    // A connection has one query at a time.
    const before = this.#last.get(connection) ?? Promise.resolve();
    const rows = before.then(() => connection.run(statement, values));
    this.#last.set(
      connection,
      rows.catch(() => {}),
    );
    return (await within(rows, `the database of ${name}`)) as readonly T[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#connections.values()].map((one) => one[Symbol.asyncDispose]()));
  }
}
