import { createDurations, Metering, Observed, Tracing } from "@mesh/runtime";
import type { Attributes } from "@opentelemetry/api";

const scope = "@mesh/jobs";

/** The name of the system in attributes of messaging. */
export const system = "postgresql";

/** Makes the spans of jobs. */
export const tracing = new Tracing(scope);

/** The jobs of one name that wait or run. */
export interface QueueDepth {
  readonly name: string;
  /** The jobs that could begin now. */
  readonly due: number;
  /** The jobs that wait for their time, or for another attempt. */
  readonly later: number;
  readonly running: number;
  readonly failed: number;
  /** How long the oldest due job has waited, in seconds; 0: none waits. */
  readonly ageSeconds: number;
}

/** A service with jobs. */
export interface JobsSource {
  /** The slug of the service. */
  readonly service: string;
  /** Reads its queues. Undefined: the database does not respond. */
  read(): Promise<readonly QueueDepth[] | undefined>;
}

/** Makes the instruments of jobs. */
export const metering = new Metering(scope, (meter) => {
  const jobs = meter.createObservableGauge("typemesh.jobs", {
    description: "Jobs in the database, by their state. All replicas read the same.",
    unit: "{job}",
  });
  const age = meter.createObservableGauge("typemesh.jobs.age", {
    description: "How long the oldest job that could begin has waited.",
    unit: "s",
  });
  meter.addBatchObservableCallback(
    async (result) => {
      await Promise.all(
        [...sources].map(async ({ service, read }) => {
          for (const { name, ageSeconds, ...counts } of (await read()) ?? []) {
            const own = attributesOf(service, name);
            for (const state of ["due", "later", "running", "failed"] as const) {
              result.observe(jobs, counts[state], { ...own, "typemesh.job.state": state });
            }
            result.observe(age, ageSeconds, own);
          }
        }),
      );
    },
    [jobs, age],
  );
  return {
    duration: createDurations(meter, {
      scope,
      name: "typemesh.job.duration",
      description: "Duration of the attempts of jobs.",
    }),
    retries: meter.createCounter("typemesh.job.retries", {
      description: "Attempts of jobs that failed and are made again.",
      unit: "{attempt}",
    }),
    failures: meter.createCounter("typemesh.job.failures", {
      description: "Jobs that failed for good.",
      unit: "{job}",
    }),
  };
});

/** Returns the attributes of the measurements of a job. */
export function attributesOf(service: string, name: string): Attributes {
  return { "typemesh.service": service, "messaging.system.name": system, "messaging.destination.name": name };
}

/** The services of this process that have jobs. */
export const sources = new Observed<JobsSource>(metering);
