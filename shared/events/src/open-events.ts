import type { EventSignatures } from "@mesh/rpc";
import { type AddedBy, type Health, type Logger, type MiddlewareOption, middlewareList } from "@mesh/runtime";
import type { Schema, Store } from "@mesh/store";
import type { Bus } from "./bus.ts";
import { startCleanup } from "./cleanup.ts";
import type { ConsumeContext, Consumer } from "./consumer.ts";
import { defaultConsumerMiddleware } from "./consumer-middleware.ts";
import { EventsHealth } from "./events-health.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import type { Lease } from "./lease/lease.ts";
import { Leases } from "./lease/leases.ts";
import { LostEvents } from "./lost-events.ts";
import { type EventsOperations, operationsOf } from "./operator.ts";
import type { PublisherMiddleware } from "./outgoing-event.ts";
import type { ConsumerMiddleware } from "./received-event.ts";
import { Relay } from "./relay.ts";
import type { StreamLimits } from "./stream-limits.ts";
import { watchStreams } from "./stream-space.ts";
import { BusStreamWriter } from "./stream-writer.ts";
import { Streams } from "./streams.ts";
import { Subscription } from "./subscription.ts";
import { outboxes, parked } from "./telemetry/instruments.ts";
import { readBacklog } from "./telemetry/read-backlog.ts";
import { type AddPublish, createAddPublish, createTransact, type Transact } from "./transaction.ts";

/** The events that a service publishes and consumes. */
export interface Events<S extends Schema> {
  /**
   * Runs a function in a transaction of the store that can publish: its events are sent if and only if it commits, on
   * behalf of the scope's principal and within its trace.
   */
  readonly transaction: Transact<S>;
  /** What operators do with the events that it consumes. */
  readonly operations: EventsOperations;
  /** Receives no more events, and waits for handlers, for up to `drainMs`. What is published until `close` is still sent. */
  drain(): Promise<void>;
  /** Does what `drain` does, sends what is in the outbox, and stops. Call it before the store and the bus are closed. */
  close(): Promise<void>;
}

/** A list of middleware that works with the context of events. */
export type ConsumerMiddlewareList<S extends Schema> = readonly ConsumerMiddleware<object, ConsumeContext<S>>[];

/** Options of `openEvents`. */
export interface EventsOptions<S extends Schema, M extends ConsumerMiddlewareList<S> = readonly []> {
  readonly bus: Bus;
  /**
   * Its schema has `outbox` and `inbox`, and with consumers `consumerLeases`, `consumerProcesses` and `parkedEvents`, from
   * `@mesh/events/tables`.
   */
  readonly store: Store<S>;
  /** The slug of the service, with which the names of its durable consumers begin: `acme_orders`. */
  readonly service: string;
  /** At most one for each event, or two generations. Default: none. */
  readonly consumers?: readonly Consumer<ConsumeContext<S> & AddedBy<M>>[];
  /** Runs around the handling of each event. Default: `defaultConsumerMiddleware`. */
  readonly consumerMiddleware?: MiddlewareOption<ConsumerMiddleware<object, ConsumeContext<S>>, M>;
  /** Runs around each `tx.publish`. Default: `defaultPublisherMiddleware`. */
  readonly publisherMiddleware?: MiddlewareOption<PublisherMiddleware>;
  /**
   * Signs the events that are published, and verifies those that are received. Default: events are neither signed nor verified,
   * and have no principal.
   */
  readonly signatures?: EventSignatures;
  readonly log: Logger;
  /** Gets the part `events`, which is always ready. Its warning names what is not sent and not received. */
  readonly health?: Health;
  /** The limits of the streams. All services of a mesh should have the same. */
  readonly streams?: StreamLimits;
  /** The pause between two checks whether a stream is 70 % full, in milliseconds. Default: 10,000. */
  readonly streamCheckMs?: number;
  /** The pause between two looks into the outbox if nothing is published here, in milliseconds. Default: 200. */
  readonly pollMs?: number;
  /** The time after which one transaction of the outbox sends no more events, in milliseconds. Default: 5,000. */
  readonly relayBudgetMs?: number;
  /**
   * The wait after each failure of a handler, in milliseconds; after one more failure its event is dead-lettered. Default:
   * 1 s, 5 s, 30 s, 2 min and 5 min.
   */
  readonly retryDelaysMs?: readonly number[];
  /** The longest that the handling of an event may take, with its transaction, in milliseconds. Default: 20,000. */
  readonly handlerTimeoutMs?: number;
  /**
   * The time after which another process consumes in place of one that has ended without closing, or is stopped, in
   * milliseconds. Default: 5,000.
   */
  readonly leaseTtlMs?: number;
  /** The longest that `drain` waits for handlers, in milliseconds. Default: 10,000. */
  readonly drainMs?: number;
}

const defaultDrainMs = 10_000;
const defaultLeaseTtlMs = 5_000;
const defaultRetryDelaysMs = [1_000, 5_000, 30_000, 120_000, 300_000];

/**
 * Starts to publish and consume events, in the background: NATS need not run yet.
 *
 * @throws Error if two consumers handle the same event
 *
 * @example
 * ```ts no-run
 * import { OrderPlaced } from "@mesh/contracts/orders/v1";
 * import { connectBus, on, openEvents } from "@mesh/events";
 * import { inbox, outbox } from "@mesh/events/tables";
 * import { createLogger } from "@mesh/runtime";
 * import { openStore } from "@mesh/store";
 *
 * const log = createLogger({ name: "mailer", level: "info" });
 * const migrations = new URL("./migrations", import.meta.url);
 * const url = "postgres://mailer@127.0.0.1/mailer";
 * const store = await openStore({ url, schema: { inbox, outbox }, migrations, log });
 * const bus = connectBus({ url: "nats://127.0.0.1:4222", name: "mailer", log });
 * const consumers = [on(OrderPlaced, async ({ orderId }) => log.info({ orderId }, "placed"))];
 * const events = openEvents({ bus, store, service: "mailer", consumers, log });
 * await events.close();
 * ```
 */
export function openEvents<S extends Schema, const M extends ConsumerMiddlewareList<S> = readonly []>(
  options: EventsOptions<S, M>,
): Events<S> {
  const { bus, store, log, streams: limits = {} } = options;
  const streams = new Streams(limits, log);
  const lost = new LostEvents({ store, bus, streams, log });
  const writer = new BusStreamWriter(bus, streams, lost);
  const relay = new Relay({ ...options, writer, lost });
  const forgetOutbox = outboxes.add({ service: options.service, read: () => readBacklog(store) });
  const cleanup = startCleanup(store, {
    log,
    maxAgeMs: limits.maxAgeMs,
    hasConsumers: (options.consumers ?? []).length > 0,
  });
  const withPublish = createAddPublish(options.publisherMiddleware, options.signatures);
  const transaction = createTransact(store, withPublish, relay);
  const reasons = new EventsHealth(options.health);
  const space = watchStreams({
    bus,
    streams,
    log,
    isOwn: (stream) => writer.written.has(stream) || streamOf(options.service).test(stream),
    onList: (lasts) => lost.compare(lasts) && relay.poke(),
    onState: (stream, reason) => reasons.set(`stream ${stream}`, reason),
    intervalMs: options.streamCheckMs ?? 10_000,
  });
  const unlisten = bus.onChange((connection) => reasons.set("NATS", connection ? undefined : "NATS can't be reached"));
  // `transaction` and the middleware provide the context for which EventsOptions has checked the handlers.
  const anyOptions = options as unknown as AnyOptions;
  const transactOf = ({ opening }: Lease) => createTransact(anyOptions.store, withPublish, relay, opening);
  const poke = () => relay.poke();
  const subscriptions = subscribe(anyOptions, { streams, transactOf, withPublish, poke, reasons });
  const leases = lease(anyOptions, subscriptions);

  const operations = operationsOf(anyOptions.store, subscriptions);
  const forgetParked = parked.add({ read: () => operations.consumers().catch(() => undefined) });

  let drained: Promise<unknown> | undefined;
  const drain = async () => {
    drained ??= leases?.close(options.drainMs ?? defaultDrainMs);
    await drained;
  };
  return {
    transaction,
    operations,
    drain,
    async close() {
      unlisten();
      forgetOutbox();
      forgetParked();
      await drain();
      for (const subscription of subscriptions) subscription.close();
      space.close();
      await Promise.all([relay.close(), cleanup.close()]);
      writer.close();
    },
  };
}

/** Options without the types of the schema and of what the middleware adds. */
type AnyOptions = EventsOptions<Schema, ConsumerMiddlewareList<Schema>>;

interface SharedParts {
  readonly streams: Streams;
  readonly transactOf: (lease: Lease) => Transact<Schema>;
  readonly withPublish: AddPublish;
  readonly poke: () => void;
  readonly reasons: EventsHealth;
}

function subscribe(options: AnyOptions, { reasons, ...shared }: SharedParts): Subscription[] {
  const { bus, store, service, consumers = [], log } = options;
  const { handlerTimeoutMs = 20_000, retryDelaysMs = defaultRetryDelaysMs } = options;
  checkConsumers(consumers);
  const middleware = middlewareList(options.consumerMiddleware, defaultConsumerMiddleware);
  const queue = new KeyedQueue(parallelOf(options.store));
  const common = {
    bus,
    store,
    service,
    log,
    handlerTimeoutMs,
    retryDelaysMs,
    queue,
    middleware,
    signatures: options.signatures,
    ...shared,
  };
  return consumers.map((consumer) => {
    const { event, generation } = consumer;
    const durable = durableOf(service, event.subject, generation);
    const natsName = natsNameOf(service, event.subject, generation);
    const onState = (reason: string | undefined) => reasons.set(durable, reason);
    return new Subscription({ ...common, consumer, durable, natsName, onState });
  });
}

/** Holds the leases of consumers. Undefined: there are none. */
function lease(options: AnyOptions, consumers: readonly Subscription[]): Leases | undefined {
  if (consumers.length === 0) return undefined;
  const { store, bus, log, leaseTtlMs: ttlMs = defaultLeaseTtlMs, drainMs = defaultDrainMs } = options;
  return new Leases({ store, bus, log, consumers, ttlMs, drainMs });
}

/**
 * Returns how many events a service handles in parallel. Each holds a connection to the database, and its handler may take
 * another one: half of the pool, so that calls get some too.
 */
function parallelOf<S extends Schema>({ poolSize }: Store<S>): number {
  return Math.min(16, Math.max(1, Math.floor(poolSize / 2)));
}

/** Matches the names of the streams of a service: `acme_orders_v1`. */
function streamOf(service: string): RegExp {
  return new RegExp(`^${service}_v\\d+[a-z0-9]*$`);
}

/** Returns the name of a durable consumer: `acme_orders_payments_v1_payment_authorized`, with `-g2` for the second generation. */
export function durableOf(service: string, subject: string, generation = 1): string {
  const name = `${service}_${subject.replaceAll(".", "_")}`;
  return generation === 1 ? name : `${name}-g${generation}`;
}

/** Returns the name of a consumer in NATS. One generation and the next differ, so a service needs rights for two. */
function natsNameOf(service: string, subject: string, generation: number): string {
  return `${durableOf(service, subject)}${generation % 2 === 1 ? "" : "-next"}`;
}

function checkConsumers(consumers: readonly Pick<Consumer<never>, "event" | "generation">[]): void {
  const subjects = new Map<string, number[]>();
  for (const { event, generation } of consumers) {
    subjects.set(event.subject, [...(subjects.get(event.subject) ?? []), generation]);
  }
  for (const [subject, [first = 1, second, ...more]] of subjects) {
    if (second === undefined) continue;
    if (second === first) throw new Error(`${subject} has two consumers in this service: handle it in one`);
    const isNext = Math.abs(second - first) === 1 && more.length === 0;
    if (!isNext) throw new Error(`${subject} may have two generations of consumers, one after the other`);
  }
}
