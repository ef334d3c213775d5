import type { Client } from "pg";
import type { JobList, JobQueue, JobRow, ScheduleRow } from "./shapes.ts";
import { inDatabase } from "./tables.ts";

/** The number of jobs of each service that are shown. */
const maxJobs = 50;

/** Of the tables that `@mesh/jobs` makes. */
const listQueues = `
  SELECT name,
    count(*) FILTER (WHERE state < 'active' AND start_after < now())::int AS due,
    count(*) FILTER (WHERE state < 'active' AND start_after >= now())::int AS later,
    count(*) FILTER (WHERE state = 'active')::int AS running,
    count(*) FILTER (WHERE state = 'completed')::int AS completed,
    count(*) FILTER (WHERE state = 'failed')::int AS failed
  FROM pgboss.job GROUP BY name ORDER BY name`;

const listJobs = `
  SELECT id, name, CASE WHEN state = 'active' THEN 'running' WHEN state < 'active' THEN 'waiting' ELSE state::text END AS state,
    retry_count + CASE WHEN started_on IS NULL THEN 0 ELSE 1 END AS attempts, retry_limit + 1 AS "maxAttempts",
    (extract(epoch FROM created_on) * 1000)::float8 AS "createdMs",
    (extract(epoch FROM coalesce(completed_on, now()) - started_on) * 1000)::float8 AS "durationMs",
    substring(data->>'trace' FROM 4 FOR 32) AS "traceId",
    left(output->'error'->>'message', 300) AS failure,
    (output->'progress'->>'done')::float8 AS done, (output->'progress'->>'total')::float8 AS total,
    left(output->'progress'->>'note', 100) AS note
  FROM pgboss.job ORDER BY created_on DESC LIMIT ${maxJobs}`;

const listSchedules = `
  SELECT name, target->>'typeName' AS target, timing->>'kind' AS kind, timing->>'cron' AS cron, timing->>'timeZone' AS "timeZone",
    (timing->>'everyMs')::float8 AS "everyMs", paused_at IS NOT NULL AS "isPaused",
    (extract(epoch FROM next_at) * 1000)::float8 AS "nextMs", (extract(epoch FROM last_at) * 1000)::float8 AS "lastMs"
  FROM schedules WHERE NOT is_declared OR listed_at > now() - interval '1 minute' ORDER BY name`;

/** Returns the jobs and schedules in a database; undefined: its service has none. */
export function readJobs(adminUrl: string, database: string, app: string): Promise<JobList | undefined> {
  return inDatabase(adminUrl, database, async (client) => {
    if (!(await exists(client, "pgboss.job"))) return undefined;
    const { rows: queues } = await client.query<JobQueue>(listQueues);
    const { rows: jobs } = await client.query<JobRow>(listJobs);
    const hasSchedules = await exists(client, "schedules");
    const schedules = hasSchedules ? (await client.query<ScheduleRow>(listSchedules)).rows : [];
    return { app, queues, jobs, schedules };
  });
}

async function exists(client: Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ found: string | null }>("SELECT to_regclass($1) AS found", [table]);
  return rows[0]?.found !== null;
}
