import { type JobStatus as JobStatusMessage, JobState as States } from "@mesh/contracts/mesh/v1";
import type { JobState, JobStatus } from "./client.ts";

const states: Readonly<Record<JobState, States>> = {
  waiting: States.JOB_STATE_WAITING,
  running: States.JOB_STATE_RUNNING,
  completed: States.JOB_STATE_COMPLETED,
  failed: States.JOB_STATE_FAILED,
  cancelled: States.JOB_STATE_CANCELLED,
};

/**
 * Returns how a job is as the message `mesh.v1.JobStatus`, for the response of a method. It has the code of a failure, but no text of
 * it.
 *
 * @example
 * ```ts
 * import { statusMessage } from "@mesh/jobs/status-message";
 *
 * const unknown = { progress: undefined, result: undefined, failure: undefined };
 * statusMessage({ id: "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70", state: "waiting", attempts: 0, ...unknown });
 * ```
 */
export function statusMessage({ id, state, attempts, progress, failure }: JobStatus<unknown>): JobStatusMessage {
  const { done = 0, total = 0, note = "" } = progress ?? {};
  const reason = failure?.reason ?? failure?.code ?? "";
  return { id, state: states[state], attempts, done, total, note: note.slice(0, 200), failure: reason };
}
