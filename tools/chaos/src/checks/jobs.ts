import type { AcceptedImport } from "../load/imports.ts";
import type { Databases } from "./databases.ts";
import type { Violation } from "./violation.ts";

/** The table of jobs in the database of a service. */
export const jobsTable = "pgboss.job";

/** I9: a job that was accepted has completed, and each of its effects happened once, which the ledger knows. */
export async function checkJobs(databases: Databases, accepted: readonly AcceptedImport[]): Promise<Violation[]> {
  // A job that has completed is in the archive after 10 minutes.
  const tables = `select id, state::text from ${jobsTable} union all select id, state::text from pgboss.archive`;
  const sql = `select id, state from (${tables}) as jobs where id = any($1::uuid[])`;
  const rows = await databases.query<{ id: string; state: string }>("catalog", sql, [accepted.map(({ id }) => id)]);
  const stateOf = new Map(rows.map(({ id, state }) => [id, state]));
  const counted = "select key, count(*)::int as count from entries where version is not null group by key";
  const entries = await databases.query<{ key: string; count: number }>("ledger", counted);
  const changesOf = new Map(entries.map(({ key, count }) => [key, count]));
  return accepted.flatMap(({ id, productIds }): Violation[] => {
    const state = stateOf.get(id) ?? "missing";
    const wrong = productIds.filter((product) => changesOf.get(product) !== 1).length;
    if (state === "completed" && wrong === 0) return [];
    return [{ invariant: "I9", what: `job ${id} is ${state}, and ${wrong} of its effects did not happen once` }];
  });
}
