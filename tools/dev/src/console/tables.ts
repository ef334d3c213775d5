import { Client, DatabaseError } from "pg";
import type { DatabaseRow, TableContent, TableRow } from "./shapes.ts";

/** The number of rows of a table that are shown. */
const maxRows = 50;
const maxCharacters = 300;
/** Rows of larger tables are not counted. */
const maxCountedBytes = 16 * 1024 * 1024;
/** The longest that a statement may take, in milliseconds. */
const timeoutMs = 3_000;

const listTables = `
  SELECT n.nspname AS schema, c.relname AS name, c.reltuples::float8 AS rows, pg_total_relation_size(c.oid)::float8 AS bytes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND NOT c.relispartition
  ORDER BY n.nspname, c.relname`;

const listColumns = `
  SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`;

/** Returns a database with its tables. @param adminUrl the URL of an account that may read them */
export async function readDatabase(adminUrl: string, name: string, app: string): Promise<DatabaseRow> {
  const tables = await inDatabase(adminUrl, name, async (client) => {
    const { rows } = await client.query<TableRow>(listTables);
    return countSmall(client, rows);
  });
  return { name, app, tables };
}

/** Counts the rows of small tables: PostgreSQL has no estimate of those that are new. */
async function countSmall(client: Client, tables: readonly TableRow[]): Promise<TableRow[]> {
  const small = tables.filter(({ bytes }) => bytes <= maxCountedBytes);
  const counts = small.map((table) => `(SELECT count(*)::float8 FROM ${nameOf(client, table)})`);
  const { rows } = await client.query<number[]>({ text: `SELECT ${counts.join(", ")}`, rowMode: "array" });
  return tables.map((table) => ({ ...table, rows: rows[0]?.[small.indexOf(table)] ?? table.rows }));
}

function nameOf(client: Client, { schema, name }: Pick<TableRow, "schema" | "name">): string {
  return `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`;
}

/** Returns the first rows of a table; undefined: there is no such table. */
export function readTable(
  adminUrl: string,
  database: string,
  { schema, name }: Pick<TableRow, "schema" | "name">,
): Promise<TableContent | undefined> {
  return inDatabase(adminUrl, database, async (client) => {
    const { rows: columns } = await client.query<TableContent["columns"][number]>(listColumns, [schema, name]);
    if (columns.length === 0) return undefined;
    const values = columns.map((column) => `left(${client.escapeIdentifier(column.name)}::text, ${maxCharacters})`);
    const { rows } = await client.query<(string | null)[]>({
      text: `SELECT ${values.join(", ")} FROM ${nameOf(client, { schema, name })} LIMIT ${maxRows + 1}`,
      rowMode: "array",
    });
    return { columns, rows: rows.slice(0, maxRows), isComplete: rows.length <= maxRows };
  });
}

/** Source: shared/events/src/operator.ts */
const replay = `
  UPDATE parked_events SET state = 'failing', failures = 0, waits = 0, kills = 0, next_attempt_at = now()
  WHERE consumer = $1 AND message_id = $2 AND state = 'dead'`;

/** Lets a dead letter be tried again. Returns false if a database has none of it. */
export function replayDeadLetter(
  adminUrl: string,
  database: string,
  { consumer, id }: { readonly consumer: string; readonly id: string },
): Promise<boolean> {
  const run = async (client: Client) => {
    const { rowCount } = await client.query(replay, [consumer, id]);
    await client.query("NOTIFY mesh_parked");
    return rowCount === 1;
  };
  // A service without consumers has no such table.
  return inDatabase(adminUrl, database, run, { canWrite: true }).catch((error: unknown) => {
    if (error instanceof DatabaseError && error.code === "42P01") return false;
    throw error;
  });
}

/** Runs statements, which can't write by default. */
export async function inDatabase<T>(
  adminUrl: string,
  database: string,
  run: (client: Client) => Promise<T>,
  { canWrite = false }: { readonly canWrite?: boolean } = {},
): Promise<T> {
  const url = Object.assign(new URL(adminUrl), { pathname: `/${database}` });
  const client = new Client({
    connectionString: url.href,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    application_name: "console",
    options: `-c default_transaction_read_only=${canWrite ? "off" : "on"}`,
  });
  // A lost connection fails the statement, too.
  client.on("error", () => {});
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
