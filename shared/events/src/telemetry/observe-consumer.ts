import type { ConsumerInfo } from "nats";
import type { Bus } from "../bus.ts";
import type { EventName } from "../outgoing-event.ts";
import { managerOf } from "../streams.ts";
import { consumerAttributes, consumers, metering } from "./instruments.ts";

/** A durable consumer. */
interface ObservedConsumer {
  readonly bus: Bus;
  readonly durable: string;
  /** Its name in NATS. */
  readonly natsName: string;
  readonly consumer: { readonly event: EventName };
}

/** Has the state of a consumer read when metrics are collected. Returns a function that ends this. */
export function observeConsumer({ bus, durable, natsName, consumer }: ObservedConsumer): () => void {
  const { stream, subject } = consumer.event;
  return consumers.add({
    attributes: consumerAttributes(subject, durable),
    read: () => readState(bus, stream, natsName),
  });
}

/** Counts events of a stream that it has deleted before a consumer received them. */
export function countMissed(subject: string, durable: string, missed: number): void {
  metering.instruments?.missed.add(missed, consumerAttributes(subject, durable));
}

async function readState(bus: Bus, stream: string, durable: string): Promise<ConsumerInfo | undefined> {
  const connection = bus.current();
  if (!connection) return undefined;
  try {
    const { consumers } = await managerOf(connection);
    return await consumers.info(stream, durable);
  } catch {
    return undefined;
  }
}
