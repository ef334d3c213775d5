import { createDurations, Metering, Observed, Tracing } from "@mesh/runtime";

const scope = "@mesh/events";

/** Makes the spans of events. */
export const tracing = new Tracing(scope);

/** What waits in the outbox of a service. */
export interface Backlog {
  readonly events: number;
  /** The age of the oldest, in seconds; 0: none waits. */
  readonly ageSeconds: number;
}

/** A service with an outbox. */
export interface OutboxSource {
  /** The slug of the service. */
  readonly service: string;
  /** Reads the outbox. Undefined: the database does not respond. */
  read(): Promise<Backlog | undefined>;
}

/** Makes the instruments of events. */
export const metering = new Metering(scope, (meter) => {
  const backlog = meter.createObservableGauge("typemesh.outbox.events", {
    description: "Events in the outbox that are not sent yet.",
    unit: "{event}",
  });
  const age = meter.createObservableGauge("typemesh.outbox.age", {
    description: "Age of the oldest event in the outbox that is not sent yet.",
    unit: "s",
  });
  meter.addBatchObservableCallback(
    async (result) => {
      await Promise.all(
        [...outboxes].map(async ({ service, read }) => {
          const now = await read();
          if (!now) return;
          result.observe(backlog, now.events, { "typemesh.service": service });
          result.observe(age, now.ageSeconds, { "typemesh.service": service });
        }),
      );
    },
    [backlog, age],
  );
  return {
    duration: createDurations(meter, {
      scope,
      name: "messaging.process.duration",
      description: "Duration of the handling of events.",
    }),
    retries: meter.createCounter("typemesh.events.retries", {
      description: "Attempts to handle an event that failed and are made again.",
      unit: "{attempt}",
    }),
    deadLetters: meter.createCounter("typemesh.events.dead_letters", {
      description: "Events that were dead-lettered.",
      unit: "{event}",
    }),
  };
});

/** The outboxes of this process. */
export const outboxes = new Observed<OutboxSource>(metering);
