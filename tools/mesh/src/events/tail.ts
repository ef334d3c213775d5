import { CommandError } from "@mesh/codegen/command";
import type { Bus } from "@mesh/events/registry";
import type { Catalogue } from "../contracts/catalogue.ts";
import { findEvent, type KnownEvent, knownEvents, payloadJson } from "./known-events.ts";

/** Which events are printed. */
export interface TailOptions {
  /** The events; empty: all. */
  readonly names: readonly string[];
  readonly key: string | undefined;
  /** The first that is printed, by the time when NATS stored it; undefined: only new ones. */
  readonly since: Date | undefined;
  /** Ends when all that are stored were printed. */
  readonly isOnce: boolean;
  /** Whether an event is one line. */
  readonly isCompact: boolean;
  readonly catalogue: Catalogue;
  readonly print: (line: string) => void;
}

/** How long it waits for an event that is stored, in milliseconds. */
const fetchMs = 1_000;

/** Prints events as they are stored, in the order of each stream, until the signal aborts. */
export async function tailEvents(bus: Bus, signal: AbortSignal, options: TailOptions): Promise<void> {
  const known = knownEvents(options.catalogue);
  const events = options.names.length === 0 ? known : options.names.map((name) => findEvent(known, name));
  const streams = [...new Set(events.map(({ stream }) => stream))];
  const followed = streams.map((stream) =>
    follow(bus, signal, stream, { ...options, events: events.filter((event) => event.stream === stream) }),
  );
  const found = (await Promise.all(followed)).filter(Boolean).length;
  if (found === 0 && options.names.length > 0) throw new CommandError(`NATS has no stream ${streams.join(", ")} yet`);
}

/** Returns false if there is no such stream. */
async function follow(
  bus: Bus,
  signal: AbortSignal,
  stream: string,
  { events, key, since, isOnce, isCompact, catalogue, print }: TailOptions & { readonly events: readonly KnownEvent[] },
): Promise<boolean> {
  const connection = await bus.connected(signal);
  const client = connection.jetstream();
  const manager = await connection.jetstreamManager({ checkAPI: false });
  const info = await manager.streams.info(stream).catch(() => undefined);
  if (!info) return false;
  const start = since
    ? { deliver_policy: "by_start_time", opt_start_time: since.toISOString() }
    : { deliver_policy: "new" };
  // The types have an enum of these texts, from a package that only tests use here.
  const consumer = await client.consumers.get(stream, {
    ...start,
    filterSubjects: events.map(({ subject }) => subject),
  } as never);
  const messages = isOnce
    ? await consumer.fetch({ max_messages: Math.max(1, info.state.messages), expires: fetchMs })
    : await consumer.consume();
  signal.addEventListener("abort", () => void messages.close());
  for await (const message of messages) {
    const event = events.find(({ subject }) => subject === message.subject);
    const payload = payloadJson(event, message.data, catalogue.registry);
    if (key === undefined || keyOf(event, payload) === key) {
      const at = new Date(message.info.timestampNanos / 1_000_000).toISOString();
      const id = message.headers?.get("Nats-Msg-Id") ?? "";
      const line = { at, subject: message.subject, sequence: message.seq, id, payload };
      print(`${JSON.stringify(line, undefined, isCompact ? undefined : 2)}\n`);
    }
    if (isOnce && message.seq >= info.state.last_seq) break;
  }
  return true;
}

function keyOf(event: KnownEvent | undefined, payload: unknown): string | undefined {
  return event && String(Reflect.get(Object(payload), event.key));
}
