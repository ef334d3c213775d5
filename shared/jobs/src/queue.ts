import type { Job, JobContext } from "./job.ts";
import { observeAttempts } from "./telemetry/observe-attempt.ts";

/** The most jobs of a name that a process does at the same time, unless its options say otherwise. */
const defaultConcurrency = 4;

/** The jobs of one name, as this process does them. */
export interface Queue<Tx> {
  readonly job: Job<JobContext<Tx>>;
  readonly name: string;
  readonly concurrency: number;
  readonly observe: ReturnType<typeof observeAttempts>;
  running: number;
  /** Whether there may be jobs that had no room. */
  hasMore: boolean;
}

/** Makes the queues of the jobs of a service, by their names. */
export function queuesOf<Tx>(jobs: readonly Job<JobContext<Tx>>[], service: string): ReadonlyMap<string, Queue<Tx>> {
  return new Map(
    jobs.map((job) => {
      const { typeName: name } = job.definition;
      const { concurrency = defaultConcurrency } = job.options;
      const observe = observeAttempts(service, name);
      return [name, { job, name, concurrency, observe, running: 0, hasMore: false }];
    }),
  );
}

/** Whether this process can begin another job. */
export function isFree({ running, concurrency }: Queue<never>): boolean {
  return running < concurrency;
}
