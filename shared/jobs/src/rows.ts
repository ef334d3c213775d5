import type { Schema, Store, StoreTransaction } from "@mesh/store";
import { runStatement } from "@mesh/store/run-statement";
import { jobsSchema } from "./boss.ts";
import type { JobProgress } from "./stored-job.ts";
import { killer, lostProcess, maxKills, pauseAfterKillSeconds, suspectKills } from "./suspects.ts";
import type { QueueDepth } from "./telemetry/instruments.ts";

/** A job, by its name and id. */
export interface JobKey {
  readonly name: string;
  readonly id: string;
}

/** A job, as the library has it. */
export interface JobRow {
  readonly id: string;
  readonly state: "created" | "retry" | "active" | "completed" | "cancelled" | "failed";
  readonly output: unknown;
  /** The attempts that have begun. */
  readonly attempts: number;
}

/** A job whose process has ended. */
export interface LostJob extends JobKey {
  /** How many processes in a row have ended while they did it. */
  readonly kills: number;
  /** Whether it has failed for that reason. */
  readonly isFailed: boolean;
}

const table = `${jobsSchema}.job`;
const isRunning = "name = $1 and id = $2 and state = 'active'";
const isDue = "state < 'active' and start_after < now()";

/**
 * The statements of ours on the tables of the library, whose version is exact for that reason: it has neither leases that are
 * renewed, nor progress, nor a way to return a job.
 */
export class Rows {
  readonly #store: Pick<Store<Schema>, "db">;
  readonly #leaseSeconds: number;

  constructor(store: Pick<Store<Schema>, "db">, leaseSeconds: number) {
    this.#store = store;
    this.#leaseSeconds = leaseSeconds;
  }

  /** Returns the names of the jobs that could begin, of those given. */
  async due(names: readonly string[]): Promise<string[]> {
    const text = `select name from unnest($1::text[]) name
      where exists (select from ${table} job where job.name = name.name and ${isDue})`;
    return (await this.#run(text, [names])).map((row) => String(row.name));
  }

  /** Extends the lease of running jobs. Returns the ids of those that still run here. */
  async renew(jobs: readonly JobKey[]): Promise<Set<string>> {
    const text = `update ${table} set expire_in = now() - started_on + $3 * interval '1 second'
      where (name, id) in (select * from unnest($1::text[], $2::uuid[])) and state = 'active' returning id`;
    const values = [jobs.map(({ name }) => name), jobs.map(({ id }) => id), this.#leaseSeconds];
    return new Set((await this.#run(text, values)).map(({ id }) => String(id)));
  }

  /** Stores how far a job is. */
  async report({ name, id }: JobKey, progress: JobProgress): Promise<void> {
    const text = `update ${table} set output = jsonb_build_object('progress', $3::jsonb) where ${isRunning}`;
    await this.#run(text, [name, id, progress]);
  }

  /** Lets another process do a job after a time, which counts as no attempt. */
  async release({ name, id }: JobKey, seconds = 0): Promise<void> {
    const waiting = "state = 'retry', started_on = null, start_after = now() + $3 * interval '1 second'";
    await this.#run(`update ${table} set ${waiting} where ${isRunning}`, [name, id, seconds]);
  }

  /**
   * Lets jobs whose lease has expired be done again, which counts as no attempt, because their process has ended. Those that have ended
   * too many fail.
   */
  async reclaim(): Promise<LostJob[]> {
    const text = `with lost as (
        select name, id, coalesce((data->>'kills')::int, 0) + 1 as kills from ${table}
        where state = 'active' and started_on + expire_in < now() for update skip locked)
      update ${table} job set
        state = (case when kills < $1 then 'retry' else 'failed' end)::${jobsSchema}.job_state,
        started_on = case when kills < $1 then null else started_on end,
        completed_on = case when kills < $1 then null else now() end,
        start_after = now() + greatest(kills - $2, 0) * $3 * interval '1 second',
        data = job.data || jsonb_build_object('kills', kills),
        output = jsonb_build_object('error', case when kills < $1 then $4::jsonb else $5::jsonb end)
      from lost where job.name = lost.name and job.id = lost.id
      returning job.name, job.id, kills, state = 'failed' as is_failed`;
    const rows = await this.#run(text, [maxKills, suspectKills, pauseAfterKillSeconds, lostProcess, killer]);
    return rows.map(({ name, id, kills, is_failed }) => ({
      name: String(name),
      id: String(id),
      kills: Number(kills),
      isFailed: is_failed === true,
    }));
  }

  /** Stores that a process has not ended during an attempt. */
  async forgetKills({ name, id }: JobKey): Promise<void> {
    await this.#run(`update ${table} set data = data - 'kills' where name = $1 and id = $2`, [name, id]);
  }

  /** Makes the attempt that runs the last one. */
  async forgoRetries({ name, id }: JobKey): Promise<void> {
    await this.#run(`update ${table} set retry_limit = retry_count where ${isRunning}`, [name, id]);
  }

  /** Returns the number of jobs of a name that began in the last seconds. */
  async startedWithin(tx: StoreTransaction<Schema>, name: string, seconds: number): Promise<number> {
    const text = `select count(*)::int as started from ${table}
      where name = $1 and started_on > now() - $2 * interval '1 second'`;
    return Number((await runStatement(tx, text, [name, seconds])).rows[0]?.started);
  }

  /** Reads the state of jobs. */
  async states(jobs: readonly JobKey[]): Promise<JobRow[]> {
    const text = `select id, state::text, output, retry_count, started_on is not null as is_started from ${table}
      where (name, id) in (select * from unnest($1::text[], $2::uuid[]))`;
    const rows = await this.#run(text, [jobs.map(({ name }) => name), jobs.map(({ id }) => id)]);
    return rows.map((row) => ({
      id: String(row.id),
      state: row.state as JobRow["state"],
      output: row.output,
      attempts: Number(row.retry_count) + (row.is_started === true ? 1 : 0),
    }));
  }

  /** Counts the jobs of names. */
  async depths(names: readonly string[]): Promise<QueueDepth[]> {
    const text = `select name.name,
        count(*) filter (where ${isDue})::int as due,
        count(*) filter (where state < 'active' and start_after >= now())::int as later,
        count(*) filter (where state = 'active')::int as running,
        count(*) filter (where state = 'failed')::int as failed,
        coalesce(extract(epoch from now() - min(start_after) filter (where ${isDue})), 0)::float8 as age
      from unnest($1::text[]) name left join ${table} job on job.name = name.name and state <> 'completed'
      group by name.name`;
    return (await this.#run(text, [names])).map(({ name, due, later, running, failed, age }) => ({
      name: String(name),
      due: Number(due),
      later: Number(later),
      running: Number(running),
      failed: Number(failed),
      ageSeconds: Number(age),
    }));
  }

  async #run(text: string, values: readonly unknown[]) {
    return (await runStatement(this.#store.db, text, values)).rows;
  }
}
