import type { MeshError } from "@mesh/contracts";
import type { EventSignatures } from "@mesh/rpc";
import { type Logger, openLimit, repeat } from "@mesh/runtime";
import type { Bus } from "../bus.ts";
import { reasonOf } from "../nats-error.ts";
import { Audience } from "./audience.ts";
import { EntryReader, type FeedEntry, type FeedSource } from "./entry.ts";
import { type Loss, watchLoss } from "./loss.ts";
import { idOf, type Position } from "./position.ts";
import { openPushRead, type StoredMessage } from "./push-read.ts";
import { RecentEvents, type RecentLimits } from "./recent-events.ts";
import { SharedReads } from "./shared-reads.ts";
import { type Part, StoredEvents, type StreamState } from "./stored-events.ts";
import { type FeedFilter, fits, type ResetReason, Subscriber } from "./subscriber.ts";
import { unavailable } from "./unavailable.ts";

/** Options of a log. */
export interface EventLogOptions {
  readonly bus: Bus;
  readonly source: FeedSource;
  readonly signatures: EventSignatures | undefined;
  readonly log: Logger;
  readonly recent: RecentLimits;
  /** The most events that wait for one subscriber. */
  readonly maxPending: number;
}

/** The longest that a subscriber waits for the stream, in milliseconds. */
const readyWithinMs = 3_000;

/** The most reads of older events that wait: those of subscribers at the same place are one. */
const maxWaitingReads = 256;

/** All events of one kind in this process: one read of NATS, whose events go to all subscribers. */
export class EventLog {
  readonly #options: EventLogOptions;
  readonly #reader: EntryReader;
  readonly #stored: StoredEvents;
  readonly #audience = new Audience();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  /** Of the read that goes on; a read that ends begins again. */
  #loss: Loss | undefined;
  #recent: RecentEvents<FeedEntry>;
  /** When the stream was created, and the last event that was read of it. Undefined before the first read. */
  #position: Position | undefined;
  #isReported = false;
  /** Called once the position is known. */
  readonly #waiting = new Set<() => void>();
  /** The entries that are being verified, one after the other. */
  #reading = Promise.resolve();
  /** The pages that are being read, one after the other: each may make the next ones unnecessary. */
  readonly #paging = new SharedReads<Part | ResetReason>(maxWaitingReads);

  constructor(options: EventLogOptions) {
    this.#options = options;
    this.#reader = new EntryReader(options.source, options.signatures, options.log);
    this.#stored = new StoredEvents(options.bus, options.source, this.#reader);
    this.#recent = new RecentEvents(options.recent, 0);
    this.#running = repeat((succeed) => this.#follow(succeed), {
      signal: this.#closing.signal,
      backoff: { maxMs: 2_000 },
      onFailure: (error, failures) => this.#report(error, failures),
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const subscriber of this.#audience) subscriber.fail(unavailable("the process is ending"));
    await this.#running;
  }

  /** Lets each subscriber that waits look whether its position is old. */
  nudge(): void {
    for (const subscriber of this.#audience) subscriber.nudge();
  }

  /** Returns the position after the last event. @throws MeshError UNAVAILABLE if the stream can't be read */
  async position(signal: AbortSignal): Promise<Position> {
    if (!this.#position) await this.#ready(signal);
    if (this.#position) return this.#position;
    throw this.#unreadable();
  }

  /** The position after the last event that was read; undefined before the first read. */
  get current(): Position | undefined {
    return this.#position;
  }

  /**
   * Returns true if the stream has a position, which another process may have read already. If another process has read a stream
   * that was created later, this one reads it afterwards, too.
   *
   * @throws MeshError UNAVAILABLE if the stream can't be read
   */
  async has({ created, sequence }: Position, signal: AbortSignal): Promise<boolean> {
    const now = await this.position(signal);
    if (created === now.created && sequence <= now.sequence) return true;
    if (created < now.created) return false;
    const stream = await this.#stored.current();
    if (stream.created !== now.created) await this.#leave(now.created, signal);
    return created === stream.created && sequence <= stream.last;
  }

  /** Returns some of the events in memory after a position. Undefined: not all of them are in memory. */
  recentAfter({ created, sequence }: Position, filter: FeedFilter, most: number): Part | ResetReason | undefined {
    const last = this.#position;
    if (created !== last?.created) return "rebuilt";
    if (sequence + 1 < this.#recent.from) return undefined;
    const entries: FeedEntry[] = [];
    for (const entry of this.#recent.after(sequence)) {
      if (!fits(filter, entry)) continue;
      if (entries.push(entry) === most) return { entries, next: { created, sequence: entry.sequence } };
    }
    return { entries, next: { created, sequence: Math.max(sequence, last.sequence) } };
  }

  /**
   * Reads events that are not in memory any more. A reason: they can't be read, because the stream is another one or has
   * removed them. Undefined: the signal aborted.
   *
   * @throws MeshError UNAVAILABLE if NATS can't be read now, or too many subscribers wait for it
   */
  async olderAfter(
    position: Position,
    filter: FeedFilter,
    signal: AbortSignal,
  ): Promise<Part | ResetReason | undefined> {
    const part = await this.#paging.join(idOf(position), signal, () => this.#page(position));
    if (part === undefined || typeof part === "string") return part;
    return { entries: part.entries.filter((entry) => fits(filter, entry)), next: part.next };
  }

  /** Adds a subscriber, which gets each event after a sequence that comes from now on. */
  subscribe(filter: FeedFilter, after: number): Subscriber {
    const subscriber = new Subscriber(filter, after, this.#options.maxPending);
    this.#audience.add(subscriber);
    return subscriber;
  }

  unsubscribe(subscriber: Subscriber): void {
    this.#audience.remove(subscriber);
  }

  /** Reads a page of all events, which the subscribers at this position share. */
  async #page(position: Position): Promise<Part | ResetReason> {
    const kept = this.recentAfter(position, {}, Number.POSITIVE_INFINITY);
    if (kept) return kept;
    const recent = this.#recent;
    const { from } = recent;
    const page = await this.#stored.page(position);
    if (page === "rebuilt") await this.#leave(position.created, this.#closing.signal);
    if (typeof page === "string") return page;
    // All events between the page and those in memory were read.
    if (page.isLast && recent.from === from) recent.prepend(page.entries, position.sequence + 1);
    const sequence = page.isLast ? Math.max(page.last, from - 1) : page.last;
    return { entries: page.entries, next: { created: position.created, sequence } };
  }

  /** Reads events as they come until the connection or the consumer is lost. */
  async #follow(succeed: () => void): Promise<void> {
    const { signal } = this.#closing;
    const { bus } = this.#options;
    const connection = await bus.connected(signal);
    const loss = watchLoss(bus, connection, signal);
    this.#loss = loss;
    try {
      const { sequence, created } = this.#begin(await this.#stored.state(connection));
      const onMessage = (message: StoredMessage) => {
        this.#reading = this.#reading.then(async () => this.#add(message, await this.#reader.read(message, created)));
        return this.#reading;
      };
      const read = await openPushRead(connection, {
        ...this.#stored.after({ sequence }),
        onMessage,
        onLost: loss.report,
      });
      succeed();
      this.#isReported = false;
      const reason = await loss.reason;
      read.end();
      await this.#reading;
      if (!signal.aborted) throw new Error(reason);
    } finally {
      loss.end();
    }
  }

  /**
   * Reads the stream that there is now, if a stream is still being read that is known to have been deleted.
   *
   * @throws MeshError UNAVAILABLE if the stream that there is now can't be read within 3 s
   */
  async #leave(created: number, signal: AbortSignal): Promise<void> {
    if (this.#position?.created !== created) return;
    this.#loss?.report("the stream was created again");
    await this.#ready(signal);
    if (this.#position.created === created) throw this.#unreadable();
  }

  /** Continues after the last event that was read, or starts with the newest if that is not possible. */
  #begin({ created, first, last }: StreamState): Position {
    const before = this.#position;
    const isSame = before?.created === created && last >= before.sequence;
    if (before && isSame && first <= before.sequence + 1) return before;
    const position = { created, sequence: last };
    this.#position = position;
    this.#recent = new RecentEvents(this.#options.recent, last + 1);
    if (before) {
      const reason = isSame ? "expired" : "rebuilt";
      for (const subscriber of this.#audience) subscriber.reset(reason, idOf(position), last);
    }
    for (const ready of this.#waiting) ready();
    return position;
  }

  #add({ sequence }: StoredMessage, entry: FeedEntry | undefined): void {
    if (!this.#position) return;
    this.#position = { ...this.#position, sequence };
    if (!entry) return;
    this.#recent.append(entry);
    this.#audience.deliver(entry);
  }

  async #ready(signal: AbortSignal): Promise<void> {
    let ready = () => {};
    const isReady = new Promise<void>((resolve) => {
      ready = resolve;
    });
    this.#waiting.add(ready);
    const limit = openLimit(signal, readyWithinMs);
    await limit.race(isReady).catch(() => {});
    limit.end();
    this.#waiting.delete(ready);
  }

  #unreadable(): MeshError {
    return unavailable(`the events of ${this.#options.source.event.service} can't be read now`);
  }

  #report(error: unknown, failures: number): void {
    const { log, source } = this.#options;
    if (this.#isReported || failures < 4 || !this.#options.bus.current()) return;
    this.#isReported = true;
    log.warn({ subject: source.event.subject, reason: reasonOf(error) }, "a feed waits for its stream");
  }
}
