import { formatPrincipal } from "@mesh/contracts";
import { runStatement } from "@mesh/store/run-statement";
import { jobsSchema, within } from "./boss.ts";
import { type ClientParts, cancelJob, type JobState, states } from "./client.ts";
import type { InvalidJob } from "./invalid-job.ts";
import type { JobRow } from "./rows.ts";
import { fromBase64, type ReceivedData, readData, readOutput, type StoredOutput } from "./stored-job.ts";

/** The jobs that an operator wants. */
export interface JobFilter {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly state?: JobState | undefined;
  readonly limit: number;
}

/** A job, as an operator sees it. */
export interface ListedJob {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly priority: number;
  /** Undefined: it has none. */
  readonly key: string | undefined;
  /** Undefined: for no principal. */
  readonly principal: string | undefined;
  readonly createdAt: Date;
  readonly startAt: Date;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  readonly payload: Uint8Array;
  readonly result: Uint8Array | undefined;
  readonly progress: StoredOutput["progress"];
  /** A code and a text. */
  readonly failure: string | undefined;
}

/** What operators do with the jobs of a service. */
export interface JobsOperations {
  /** Lists jobs, the newest first. */
  list(filter: JobFilter): Promise<ListedJob[]>;
  /** Cancels a job that waits or runs. Returns whether there was one. */
  cancel(id: string): Promise<boolean>;
  /** Lets a job that has failed or was cancelled be done again. Returns whether there was one. */
  retry(id: string): Promise<boolean>;
}

const columns = `id, name, state::text, retry_count, retry_limit, priority, singleton_key, data, output,
  started_on is not null as is_started,
  extract(epoch from created_on)::float8 as created, extract(epoch from start_after)::float8 as start,
  extract(epoch from started_on)::float8 as started, extract(epoch from completed_on)::float8 as ended`;

/** Makes the operations of a service. @param poke called with the name of a job that is done again */
export function operationsOf(parts: ClientParts, poke: (names: string[]) => void): JobsOperations {
  const { boss, store } = parts;
  const find = async (id: string) => {
    const { rows } = await runStatement(store.db, `select name, state::text from ${jobsSchema}.job where id = $1`, [
      id,
    ]);
    return rows[0] as { readonly name: string; readonly state: JobRow["state"] } | undefined;
  };
  return {
    async list({ id, name, state, limit }) {
      const stored = state && Object.entries(states).flatMap(([key, value]) => (value === state ? [key] : []));
      const text = `select ${columns} from (
          select ${columnsOfTable} from ${jobsSchema}.job union all select ${columnsOfTable} from ${jobsSchema}.archive
        ) jobs where ($1::uuid is null or id = $1) and ($2::text is null or name = $2)
          and ($3::text[] is null or state::text = any($3))
        order by created_on desc limit $4`;
      const values = [id ?? null, name ?? null, stored ?? null, limit];
      return (await runStatement(store.db, text, values)).rows.map(listed);
    },
    async cancel(id) {
      const found = await find(id);
      return found !== undefined && cancelJob(parts, found.name, id);
    },
    async retry(id) {
      const found = await find(id);
      if (found?.state !== "failed" && found?.state !== "cancelled") return false;
      await store.transaction(async (tx) => {
        await runStatement(tx, `update ${jobsSchema}.job set data = data - 'kills' where id = $1`, [id]);
        await boss[found.state === "failed" ? "retry" : "resume"](found.name, id, { db: within(tx) });
      });
      poke([found.name]);
      return true;
    },
  };
}

const columnsOfTable =
  "id, name, state, retry_count, retry_limit, priority, singleton_key, data, output, created_on, start_after, started_on, completed_on";

function listed(row: Readonly<Record<string, unknown>>): ListedJob {
  const { payload, principal } = dataOrNothing(row.data);
  const { result, progress, error } = readOutput(row.output);
  const key = String(row.singleton_key ?? "");
  return {
    id: String(row.id),
    name: String(row.name),
    // The column has no other values.
    state: states[row.state as JobRow["state"]],
    attempts: Number(row.retry_count) + (row.is_started === true ? 1 : 0),
    maxAttempts: Number(row.retry_limit) + 1,
    priority: Number(row.priority),
    key: key.startsWith("key ") ? key.slice(4) : undefined,
    principal: principal && formatPrincipal(principal),
    createdAt: dateOf(row.created) ?? new Date(0),
    startAt: dateOf(row.start) ?? new Date(0),
    startedAt: dateOf(row.started),
    endedAt: dateOf(row.ended),
    payload,
    result: result === undefined ? undefined : fromBase64(result),
    progress,
    failure: error ? `${error.reason ?? error.code}: ${error.message}` : undefined,
  };
}

function dateOf(seconds: unknown): Date | undefined {
  return typeof seconds === "number" ? new Date(seconds * 1_000) : undefined;
}

function dataOrNothing(stored: unknown): Pick<ReceivedData, "payload" | "principal"> {
  try {
    return readData(stored);
  } catch (error) {
    // The row of another program.
    if ((error as InvalidJob).name === "InvalidJob") return { payload: new Uint8Array(), principal: undefined };
    throw error;
  }
}
