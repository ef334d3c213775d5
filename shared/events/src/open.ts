import type { Health, Logger } from "@mesh/runtime";
import type { Schema, Store } from "@mesh/store";
import type { Bus } from "./bus.ts";
import { startConsumer } from "./consume.ts";
import type { ConsumeContext, Consumer } from "./consumer.ts";
import type { Transact } from "./delivery.ts";
import { createLanes } from "./lanes.ts";
import { createPublisher } from "./publisher.ts";
import { startRelay } from "./relay.ts";
import type { StreamLimits } from "./streams.ts";
import { withPublish } from "./transaction.ts";
import { startUpkeep } from "./upkeep.ts";

/** What a service publishes and consumes. */
export interface Events<S extends Schema> {
  /**
   * Runs a function in a transaction of the store that can publish: its events go out if and only if it commits, in the
   * name of the scope's principal and within its trace.
   */
  readonly transaction: Transact<S>;
  /** Waits for handlers, for up to `drainMs`, sends what is in the outbox, and stops. Before the store and the bus. */
  close(): Promise<void>;
}

/** What events need. */
export interface EventsOptions<S extends Schema> {
  readonly bus: Bus;
  /** Its schema has `outbox` and `inbox`, from `@mesh/events/tables`. */
  readonly store: Store<S>;
  /** The slug of the service, with which its durable consumers begin: `acme_orders`. */
  readonly service: string;
  /** One for each event; default: none. */
  readonly consumers?: readonly Consumer<ConsumeContext<S>>[];
  readonly log: Logger;
  /** Told whether events come and go, as part `events`. */
  readonly health?: Health;
  readonly streams?: StreamLimits;
  /** How often the outbox is looked into where nobody says that there is something new. Default: 200. */
  readonly pollMs?: number;
  /** The wait after each failure of a handler; after one more its event is set aside. */
  readonly retryDelaysMs?: readonly number[];
  /** How long a handler may take. Default: 20,000. */
  readonly handlerTimeoutMs?: number;
  /** How long NATS waits for word of an event before it sends it again. Default: 30,000. */
  readonly ackWaitMs?: number;
  /** How long `close` waits for handlers. Default: 10,000. */
  readonly drainMs?: number;
}

/** Starts publishing and consuming, in the background: NATS need not be there yet. */
export function openEvents<S extends Schema>(options: EventsOptions<S>): Events<S> {
  const { bus, store, service, consumers = [], log, streams: limits = {} } = options;
  checkConsumers(consumers);
  const publisher = createPublisher(bus, limits);
  const relay = startRelay({ ...options, publisher });
  const upkeep = startUpkeep(store, log);
  const lanes = createLanes(parallelOf(store));
  const state = createState(options.health);
  const unlisten = bus.onChange((connection) => state("NATS", connection ? undefined : "NATS can't be reached"));

  const transaction: Transact<S> = async (sender, work) => {
    const result = await store.transaction((tx) => work(withPublish(tx, sender)));
    relay.poke();
    return result;
  };

  const running = consumers.map((consumer) => {
    const durable = durableOf(service, consumer.event.subject);
    const onState = (reason: string | undefined) => state(durable, reason);
    onState(`${durable} has not started yet`);
    return startConsumer({ ...options, consumer, durable, lanes, publisher, limits, transact: transaction, onState });
  });

  return {
    transaction,
    async close() {
      unlisten();
      await Promise.all(running.map((consumer) => consumer.close(options.drainMs ?? 10_000)));
      await Promise.all([relay.close(), upkeep.close()]);
      publisher.close();
    },
  };
}

/**
 * How many events a service handles side by side. Each holds a connection to the database, and its handler may take
 * another: half of the pool, so that calls find some too.
 */
function parallelOf<S extends Schema>({ poolSize }: Store<S>): number {
  return Math.min(16, Math.max(1, Math.floor(poolSize / 2)));
}

/** The name of a durable consumer: `orders_payments_v1_payment_authorized`. */
export function durableOf(service: string, subject: string): string {
  return `${service}_${subject.replaceAll(".", "_")}`;
}

function checkConsumers(consumers: readonly Pick<Consumer<never>, "event">[]): void {
  const subjects = consumers.map(({ event }) => event.subject);
  const twice = subjects.find((subject, position) => subjects.indexOf(subject) !== position);
  if (twice) throw new Error(`${twice} has two consumers in this service: handle it in one`);
}

/** Joins the reasons of all parts into one part of the health. */
function createState(health: Health | undefined): (part: string, reason: string | undefined) => void {
  const reasons = new Map<string, string>();
  return (part, reason) => {
    if (reason === undefined) reasons.delete(part);
    else reasons.set(part, reason);
    health?.set("events", reasons.size === 0, [...reasons.values()].join("; "));
  };
}
