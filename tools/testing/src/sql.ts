import { Client } from "pg";

/** A connection to the database of a service, for what a test has to see, change or lock in it. */
export interface SqlConnection extends AsyncDisposable {
  /** Runs a statement with its values, `$1` and so on. Returns the rows. */
  run(statement: string, values?: readonly unknown[]): Promise<readonly unknown[]>;
}

/** Opens a connection, which its test closes. */
export async function openSql(url: string): Promise<SqlConnection> {
  const client = new Client({ connectionString: url });
  // A connection that is lost rejects the statement that runs, and the next one.
  client.on("error", () => {});
  await client.connect();
  return {
    run: async (statement, values = []) => (await client.query(statement, [...values])).rows,
    [Symbol.asyncDispose]: () => client.end(),
  };
}
