import { MeshError, type MessageType } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";
import type { Schema, Store } from "@mesh/store";
import { runStatement } from "@mesh/store/run-statement";
import type PgBoss from "pg-boss";
import { within } from "./boss.ts";
import type { JobRow } from "./rows.ts";
import { fromBase64, type JobFailure, type JobProgress, readOutput } from "./stored-job.ts";
import type { Watches } from "./watches.ts";

/** The state of a job: `waiting` is also that of one that waits for another attempt. */
export type JobState = "waiting" | "running" | "completed" | "failed" | "cancelled";

/** How a job is. */
export interface JobStatus<R> {
  readonly id: string;
  readonly state: JobState;
  /** The attempts that have begun. */
  readonly attempts: number;
  /** The last report of the attempt that runs; undefined: it has none. */
  readonly progress: JobProgress | undefined;
  /** Undefined unless it is completed, and if it returns nothing. */
  readonly result: R | undefined;
  /** Why the job has failed, or its last attempt. Texts of errors that are no MeshError are for operators, not for callers. */
  readonly failure: JobFailure | undefined;
}

/** Any job whose result is R. */
interface JobOf<R> {
  readonly typeName: string;
  readonly result: Pick<MessageType<R>, "decode"> | undefined;
}

/** The jobs of a service, for those that have the id of one. Ends and results are known for a week. */
export interface Jobs {
  /** Returns how a job is; undefined: there is none with this id. */
  status<R>(job: JobOf<R>, id: string): Promise<JobStatus<R> | undefined>;
  /**
   * Iterates over the states of a job, the present one first, until it has ended. An end of the call ends the loop.
   *
   * @throws MeshError NOT_FOUND if there is no such job
   */
  watch<R>(job: JobOf<R>, id: string): AsyncIterable<JobStatus<R>>;
  /**
   * Waits for the result of a job.
   *
   * @throws MeshError with the code of the failure if the job fails, CANCELLED if it is cancelled, NOT_FOUND if there is none
   */
  result<R>(job: JobOf<R>, id: string): Promise<R>;
  /** Cancels a job that waits or runs. A running handler is aborted. Returns whether there was such a job. */
  cancel(job: Pick<JobOf<unknown>, "typeName">, id: string): Promise<boolean>;
}

/** The channel of the database on which processes learn that a job was cancelled. */
export const cancelChannel = "mesh_jobs_cancelled";

/** The reason of a handler whose job was cancelled. */
export const cancelled = () => new MeshError({ code: "CANCELLED", message: "the job was cancelled" });

/** What a client needs of a service. */
export interface ClientParts {
  readonly boss: PgBoss;
  readonly store: Store<Schema>;
  readonly watches: Watches;
}

/** The states of the library, in our words. */
export const states = {
  created: "waiting",
  retry: "waiting",
  active: "running",
  completed: "completed",
  cancelled: "cancelled",
  failed: "failed",
} as const satisfies Record<JobRow["state"], JobState>;

/** Makes the jobs of a service for the work of one scope. */
export function clientFor({ boss, store, watches }: ClientParts, { signal }: Pick<Scope, "signal">): Jobs {
  const status: Jobs["status"] = async (job, id) => {
    const row = await watches.read({ name: job.typeName, id });
    return row && statusOf(job, row);
  };
  async function* watch<R>(job: JobOf<R>, id: string): AsyncGenerator<JobStatus<R>> {
    for await (const row of watches.watch({ name: job.typeName, id }, signal)) yield statusOf(job, row);
  }
  return {
    status,
    watch,
    async result(job, id) {
      let last: JobStatus<unknown> | undefined;
      for await (const one of watch(job, id)) last = one;
      signal.throwIfAborted();
      if (last?.state === "completed") return last.result as never;
      throw failureFor(job.typeName, last);
    },
    cancel: ({ typeName }, id) => cancelJob({ boss, store }, typeName, id),
  };
}

/** Cancels a job, and notifies the process that does it. Returns whether it was waiting or running. */
export async function cancelJob({ boss, store }: Pick<ClientParts, "boss" | "store">, name: string, id: string) {
  return store.transaction(async (tx) => {
    // The library counts the jobs that it has cancelled, which its types lack.
    const cancelled: unknown = await boss.cancel(name, id, { db: within(tx) });
    await runStatement(tx, "select pg_notify($1, $2)", [cancelChannel, id]);
    return (cancelled as { readonly affected: number }).affected === 1;
  });
}

function statusOf<R>({ result: type }: JobOf<R>, row: JobRow): JobStatus<R> {
  const { progress, result, error: failure } = readOutput(row.output);
  // The handler returned a checked result.
  const decoded = type && result !== undefined ? (type.decode(fromBase64(result)) as R) : undefined;
  return { id: row.id, state: states[row.state], attempts: row.attempts, progress, result: decoded, failure };
}

/** Only a MeshError of the handler has a text for callers. */
function failureFor(name: string, status: JobStatus<unknown> | undefined): MeshError {
  if (status?.state === "cancelled") return new MeshError({ code: "CANCELLED", message: `${name} was cancelled` });
  const { code = "INTERNAL", message = "" } = status?.failure ?? {};
  const isOfHandler = code !== "INTERNAL" && code !== "UNKNOWN";
  return new MeshError({ code: code as MeshError["code"], message: isOfHandler ? message : `${name} failed` });
}
