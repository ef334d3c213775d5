import { createDurations, Metering, Observed, Tracing } from "@mesh/runtime";
import type { Attributes, Meter } from "@opentelemetry/api";
import type { ConsumerInfo } from "nats";
import type { ParkedState } from "../tables.ts";

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

/** A durable consumer of this process, by the attributes of its measurements. */
export interface ConsumerSource {
  readonly attributes: Attributes;
  /** Reads its state in NATS. Undefined: NATS does not respond, or has no such consumer. */
  read(): Promise<Pick<ConsumerInfo, "num_pending" | "num_ack_pending"> | undefined>;
}

/** The parked events of the consumers of a service. */
export interface ParkedSource {
  /** Reads the table. Undefined: the database does not respond. */
  read(): Promise<readonly ParkedEvents[] | undefined>;
}

/** The parked events of a consumer. */
export interface ParkedEvents {
  readonly name: string;
  readonly subject: string;
  /** Their number by state. */
  readonly parked: Readonly<Partial<Record<ParkedState, number>>>;
  /** When the oldest that waits was parked; undefined: none waits. */
  readonly oldestAt: Date | undefined;
}

const parkedStates: readonly ParkedState[] = ["failing", "upstream", "behind", "suspect", "dead"];

/** The streams to which a service publishes, as they were at its last check. */
export interface StreamSource {
  /** The part that is used, from 0 to 1, by the names of streams. */
  readonly fill: ReadonlyMap<string, number>;
}

/** Makes the instruments of events. */
export const metering = new Metering(scope, (meter) => {
  observeConsumers(meter);
  observeParked(meter);
  observeStreams(meter);
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
    redeliveries: meter.createCounter("typemesh.events.redeliveries", {
      description: "Events that are handled again, after a failure or because a process was lost.",
      unit: "{event}",
    }),
    retries: meter.createCounter("typemesh.events.retries", {
      description: "Attempts to handle an event that failed and are made again.",
      unit: "{attempt}",
    }),
    missed: meter.createCounter("typemesh.events.missed", {
      description: "Events of a stream, of any subject, that it deleted before a consumer received them.",
      unit: "{event}",
    }),
    deadLetters: meter.createCounter("typemesh.events.dead_letters", {
      description: "Events that were dead-lettered.",
      unit: "{event}",
    }),
  };
});

/** Reads what waits in NATS for the consumers of this process when metrics are collected. All replicas read the same. */
function observeConsumers(meter: Meter): void {
  const lag = meter.createObservableGauge("typemesh.consumer.lag", {
    description: "Events that NATS has not delivered to a consumer yet.",
    unit: "{event}",
  });
  const unsettled = meter.createObservableGauge("typemesh.consumer.unsettled", {
    description: "Events that were delivered to a consumer and are neither handled nor parked yet.",
    unit: "{event}",
  });
  meter.addBatchObservableCallback(
    async (result) => {
      await Promise.all(
        [...consumers].map(async ({ attributes, read }) => {
          const now = await read();
          if (!now) return;
          result.observe(lag, now.num_pending, attributes);
          result.observe(unsettled, now.num_ack_pending, attributes);
        }),
      );
    },
    [lag, unsettled],
  );
}

/** Reads the parked events of the consumers of this process when metrics are collected. All replicas read the same. */
function observeParked(meter: Meter): void {
  const events = meter.createObservableGauge("typemesh.events.parked", {
    description: "Events that are parked or dead-lettered.",
    unit: "{event}",
  });
  const age = meter.createObservableGauge("typemesh.events.parked.age", {
    description: "Time since the oldest event that waits was parked.",
    unit: "s",
  });
  meter.addBatchObservableCallback(
    async (result) => {
      const read = await Promise.all([...parked].map((source) => source.read()));
      for (const { name, subject, parked: counts, oldestAt } of read.flatMap((consumers) => consumers ?? [])) {
        const attributes = consumerAttributes(subject, name);
        for (const state of parkedStates) {
          result.observe(events, counts[state] ?? 0, { ...attributes, "typemesh.parked.state": state });
        }
        result.observe(age, oldestAt ? Math.max(0, Date.now() - oldestAt.getTime()) / 1_000 : 0, attributes);
      }
    },
    [events, age],
  );
}

/** Returns the attributes of a consumer. */
export function consumerAttributes(subject: string, durable: string): Attributes {
  return {
    "messaging.system.name": "nats",
    "messaging.destination.name": subject,
    "messaging.consumer.group.name": durable,
  };
}

/** Reads how full the streams were at the last check. */
function observeStreams(meter: Meter): void {
  const fill = meter.createObservableGauge("typemesh.stream.fill", {
    description: "The part of the limit of a stream that is used, from 0 to 1.",
    unit: "1",
  });
  fill.addCallback((result) => {
    for (const source of streams) {
      for (const [stream, share] of source.fill) result.observe(share, { "typemesh.stream": stream });
    }
  });
}

/** The consumers of this process. */
export const consumers = new Observed<ConsumerSource>(metering);

/** The services of this process that consume. */
export const parked = new Observed<ParkedSource>(metering);

/** The services of this process that publish. */
export const streams = new Observed<StreamSource>(metering);

/** The outboxes of this process. */
export const outboxes = new Observed<OutboxSource>(metering);
