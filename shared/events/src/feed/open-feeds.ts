import { type FeedMessage, MeshError, type Tracked } from "@mesh/contracts";
import type { EventSignatures } from "@mesh/rpc";
import type { Logger } from "@mesh/runtime";
import type { Bus } from "../bus.ts";
import type { FeedSource } from "./entry.ts";
import { EventLog } from "./event-log.ts";
import { idOf, type Position, positionOf } from "./position.ts";
import type { Delivery, FeedFilter, ResetReason, Subscriber } from "./subscriber.ts";

/** Options of `openFeeds`. */
export interface FeedsOptions {
  readonly bus: Bus;
  /** Verifies who published an event. Default: events are not verified. */
  readonly signatures?: EventSignatures | undefined;
  readonly log: Logger;
  /** The most events of each kind in memory, for clients that come back. Default: 10,000. */
  readonly recentCount?: number;
  /** The most bytes of these. Default: 16 MiB. */
  readonly recentBytes?: number;
  /** The most events that wait for one slow subscriber. Default: 256. */
  readonly maxPending?: number;
  /** The interval at which a subscriber without events learns the new position, in milliseconds. Default: 30,000. */
  readonly positionMs?: number;
}

/** What a subscriber wants of a feed. */
export interface FeedRequest extends FeedFilter {
  /** The id of the last message that it has; undefined: it begins now. */
  readonly after?: string | undefined;
  /** Ends the subscription. */
  readonly signal: AbortSignal;
}

/** A message of a feed, with its id. */
export type TrackedFeedMessage = Tracked<FeedMessage<unknown>>;

/** The feeds of a process. */
export interface Feeds {
  /**
   * Subscribes to an event: each event after a position, once and in order. All subscribers share one read of NATS, which begins
   * with the first one.
   *
   * The generator throws a MeshError: INVALID_ARGUMENT if `after` is not an id of a feed, UNAVAILABLE if NATS can't be read now, and
   * UNAVAILABLE with the reason SLOW_READER if too many events wait for the subscriber.
   */
  subscribe(source: FeedSource, request: FeedRequest): AsyncGenerator<TrackedFeedMessage, void>;
  /** Ends all subscriptions. */
  close(): Promise<void>;
}

/** The most events that are taken from memory at once. */
const chunk = 100;

/**
 * Opens the feeds of a process. NATS need not run yet.
 *
 * @example
 * ```ts no-run
 * import { OrderConfirmed } from "@mesh/contracts/orders/v1";
 * import { connectBus, openFeeds } from "@mesh/events/feed";
 * import { createLogger } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "gateway", level: "info" });
 * const bus = connectBus({ url: "nats://127.0.0.1:4222", name: "gateway", log });
 * const feeds = openFeeds({ bus, log });
 * const { signal } = new AbortController();
 * for await (const { id, data } of feeds.subscribe({ event: OrderConfirmed, owner: "customerId" }, { signal })) {
 *   log.info({ id, type: data.type }, "a message");
 * }
 * ```
 */
export function openFeeds(options: FeedsOptions): Feeds {
  const { bus, signatures, log, recentCount = 10_000, recentBytes = 16 * 1024 * 1024 } = options;
  const { maxPending = 256, positionMs = 30_000 } = options;
  const shared = { bus, signatures, log, maxPending, recent: { count: recentCount, bytes: recentBytes } };
  const logs = new Map<string, EventLog>();
  const nudgeAll = () => {
    for (const one of logs.values()) one.nudge();
  };
  const timer = setInterval(nudgeAll, positionMs).unref();

  function logOf(source: FeedSource): EventLog {
    const { subject } = source.event;
    const known = logs.get(subject) ?? new EventLog({ ...shared, source });
    logs.set(subject, known);
    return known;
  }

  return {
    subscribe: (source, request) => follow(logOf(source), request),
    async close() {
      clearInterval(timer);
      await Promise.all([...logs.values()].map((one) => one.close()));
    },
  };
}

/** Follows a log: first what the subscriber has missed, in NATS and in memory, and then what comes. */
async function* follow(log: EventLog, request: FeedRequest): AsyncGenerator<TrackedFeedMessage, void> {
  const { after, signal, owner, key } = request;
  const filter = { owner, key };
  const wanted = after === undefined ? undefined : positionOf(after);
  if (after !== undefined && !wanted) throw foreignId();
  const isKnown = wanted !== undefined && (await log.has(wanted, signal));
  let at = isKnown ? wanted : await log.position(signal);
  if (!isKnown) yield messageAt(at, wanted ? reset("rebuilt") : { type: "started" });
  /** The id of the last message that the client has. */
  let known = idOf(at);

  while (!signal.aborted) {
    const kept = log.recentAfter(at, filter, chunk);
    const part = kept ?? (await log.olderAfter(at, filter, signal));
    if (!part) return;
    if (typeof part === "string") {
      at = await log.position(signal);
      known = idOf(at);
      yield messageAt(at, reset(part));
      continue;
    }
    // Nothing may happen between the look into the memory and the subscription.
    const isAll = part === kept && part.entries.length < chunk;
    const subscriber = isAll ? log.subscribe(filter, part.next.sequence) : undefined;
    try {
      for (const entry of part.entries) yield messageOf(entry);
      known = part.entries.at(-1)?.id ?? known;
      at = part.next;
      if (subscriber) return yield* live(log, subscriber, known, signal);
    } finally {
      if (subscriber) log.unsubscribe(subscriber);
    }
  }
}

/**
 * Passes on what comes, in order, until the signal aborts.
 *
 * @param known the id of the last message that the client has
 */
async function* live(log: EventLog, subscriber: Subscriber, known: string, signal: AbortSignal) {
  const stop = () => subscriber.nudge();
  signal.addEventListener("abort", stop);
  try {
    let last = known;
    while (!signal.aborted) {
      const arrived = await subscriber.take();
      for (const one of arrived) yield messageOf(one);
      last = arrived.at(-1)?.id ?? last;
      const now = log.current;
      // All events up to this position have been passed on, or are not for this subscriber.
      if (!now || arrived.length > 0 || subscriber.hasPending || idOf(now) === last || signal.aborted) continue;
      last = idOf(now);
      yield messageAt(now, { type: "position" });
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function messageOf(delivery: Delivery): TrackedFeedMessage {
  const { id } = delivery;
  return { id, data: "reset" in delivery ? reset(delivery.reset) : { type: "event", event: delivery.event } };
}

function messageAt(position: Position, data: FeedMessage<unknown>): TrackedFeedMessage {
  return { id: idOf(position), data };
}

function reset(reason: ResetReason): FeedMessage<unknown> {
  return { type: "reset", reason };
}

function foreignId(): MeshError {
  const message = "the last event id is not that of a message of a feed: leave it out to begin now";
  return new MeshError({ code: "INVALID_ARGUMENT", message });
}
