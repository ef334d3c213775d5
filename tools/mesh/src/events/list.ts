import type { Bus } from "@mesh/events/registry";
import type { Catalogue } from "../contracts/catalogue.ts";
import { table } from "../table.ts";
import { knownEvents } from "./known-events.ts";
import type { Printed } from "./parked.ts";

/** A consumer of an event, as NATS knows it. */
interface ListedConsumer {
  readonly name: string;
  /** The events of the stream that it has handled, or parked. */
  readonly done: number;
  /** The events that it has not received. */
  readonly lag: number;
  /** The events that it has in hand. */
  readonly unsettled: number;
}

/** Lists the events of the contracts, with their number in the stream and their consumers. */
export async function listEvents(bus: Bus, signal: AbortSignal, catalogue: Catalogue): Promise<Printed> {
  const connection = await bus.connected(signal);
  const manager = await connection.jetstreamManager({ checkAPI: false });
  const events = knownEvents(catalogue);
  const streams = new Map(
    await Promise.all(
      [...new Set(events.map(({ stream }) => stream))].map(async (stream) => {
        // A stream is created when its first event is published or consumed.
        const info = await manager.streams.info(stream, { subjects_filter: ">" }).catch(() => undefined);
        const consumers = info ? await manager.consumers.list(stream).next() : [];
        return [stream, { counts: info?.state.subjects ?? {}, consumers }] as const;
      }),
    ),
  );
  const json = events.map(({ subject, desc, service, stream }) => {
    const { counts = {}, consumers = [] } = streams.get(stream) ?? {};
    const own = consumers.filter(({ config }) => config.filter_subject === subject && config.durable_name);
    const messages = counts[subject] ?? 0;
    const listed: ListedConsumer[] = own.map(({ name, num_pending: lag, num_ack_pending: unsettled }) => {
      return { name, done: Math.max(0, messages - lag - unsettled), lag, unsettled };
    });
    return { subject, typeName: desc.typeName, service, stream, messages, consumers: listed };
  });
  const rows = json.map(({ subject, service, stream, messages, consumers }) => {
    return [subject, service, stream, String(messages), consumers.map((one) => textOf(one, messages)).join(", ")];
  });
  return { text: table(["subject", "owner", "stream", "messages", "consumers"], rows, [3]), json };
}

function textOf({ name, done, lag, unsettled }: ListedConsumer, messages: number): string {
  return lag + unsettled === 0 ? name : `${name} (${done} of ${messages} done, ${unsettled} in hand)`;
}
