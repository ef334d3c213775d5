import { randomUUID } from "node:crypto";
import type { JobDefinition } from "@mesh/contracts";
import type { Client } from "pg";
import { vi } from "vitest";

/** A job of the database, as far as a test needs it. */
interface Row {
  readonly state: string;
  readonly output: { readonly result?: string; readonly error?: { readonly code: string; readonly message: string } };
}

const insert = `with job as (
    insert into pgboss.job (id, name, data, policy, singleton_key, retry_limit, retry_delay, expire_in)
    values ($1::uuid, $2, $3, 'short', $1::uuid::text, $4, $5, interval '30 seconds') returning name
  ) select pg_notify('mesh_jobs_waiting', name) from job`;

/** Has the service of a database do a job, and returns its result. @throws Error with the code and the text of its failure */
export async function runJob<T, I, R, O>(db: Client, job: JobDefinition<T, I, R, O>, input: I): Promise<R> {
  const { typeName, attempts, retryDelaySeconds, timeoutMs, schema, encode, result } = job;
  const id = randomUUID();
  const payload = Buffer.from(encode(schema.parse(input))).toString("base64");
  await db.query(insert, [id, typeName, { payload }, attempts - 1, retryDelaySeconds]);
  const { state, output } = await vi.waitFor(() => readEnded(db, id), { timeout: timeoutMs * attempts, interval: 20 });
  if (state !== "completed") throw new Error(`${typeName} ${state}: ${output.error?.code}: ${output.error?.message}`);
  // A job without a result returns nothing.
  return (result && output.result !== undefined && result.decode(Buffer.from(output.result, "base64"))) as R;
}

async function readEnded(db: Client, id: string): Promise<Row> {
  const sql =
    "select state::text, output from pgboss.job where id = $1 and state in ('completed', 'failed', 'cancelled')";
  const [row] = (await db.query<Row>(sql, [id])).rows;
  if (!row) throw new Error(`the job ${id} has not ended`);
  return row;
}
