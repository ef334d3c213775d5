import { setTimeout as pause } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";
import type { EventSignatures } from "@mesh/rpc";
import { type Logger, repeat } from "@mesh/runtime";
import type { NatsConnection } from "nats";
import type { Bus } from "../bus.ts";
import { managerOf, reasonOf } from "../streams.ts";
import { Audience } from "./audience.ts";
import { EntryReader, type FeedEntry, type FeedSource } from "./entry.ts";
import { idOf, type Position } from "./position.ts";
import { openPushRead, type StoredMessage } from "./push-read.ts";
import { readPage } from "./read-page.ts";
import { RecentEvents, type RecentLimits } from "./recent-events.ts";
import { type FeedFilter, fits, type ResetReason, Subscriber } from "./subscriber.ts";

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

/** The most events that one read of older ones takes. */
const pageSize = 500;

/** A stream, as far as positions need it. */
interface StreamState {
  /** When it was created, in milliseconds. */
  readonly created: number;
  /** The sequence of the first event that it has, or would have. */
  readonly first: number;
  /** The sequence of the last event that it had. */
  readonly last: number;
}

/** A part of the events after a sequence: some of those in memory, or of those in NATS. */
export interface Part {
  /** Those of them that the filter lets through. */
  readonly entries: readonly FeedEntry[];
  /** The sequence after which the next part begins. */
  readonly next: number;
}

/** All events of one kind in this process: one read of NATS, whose events go to all subscribers. */
export class EventLog {
  readonly #options: EventLogOptions;
  readonly #reader: EntryReader;
  readonly #audience = new Audience();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #recent: RecentEvents<FeedEntry>;
  /** When the stream was created, and the last event that was read of it. Undefined before the first read. */
  #position: Position | undefined;
  #isReported = false;
  /** Called once the position is known. */
  readonly #waiting = new Set<() => void>();
  /** The entries that are being verified, one after the other. */
  #reading = Promise.resolve();
  /** The pages that are being read, one after the other: each makes the next ones unnecessary. */
  #paging: Promise<unknown> = Promise.resolve();

  constructor(options: EventLogOptions) {
    this.#options = options;
    this.#reader = new EntryReader(options.source, options.signatures, options.log);
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
    throw unavailable(`the events of ${this.#options.source.event.service} can't be read now`);
  }

  /** Returns true if the stream has an event of this sequence, which another process may have read already. */
  async has(sequence: number): Promise<boolean> {
    return sequence <= (await this.#stream(this.#connection())).last;
  }

  /** Returns some of the events in memory after a sequence. Undefined: not all of them are in memory. */
  recentAfter(sequence: number, filter: FeedFilter, most: number): Part | undefined {
    if (sequence + 1 < this.#recent.from) return undefined;
    const entries: FeedEntry[] = [];
    for (const entry of this.#recent.after(sequence)) {
      if (!fits(filter, entry)) continue;
      if (entries.push(entry) === most) return { entries, next: entry.sequence };
    }
    return { entries, next: Math.max(sequence, this.#position?.sequence ?? 0) };
  }

  /**
   * Reads events that are not in memory any more. A reason: they can't be read, because the stream is another one or has
   * removed them.
   */
  olderAfter(sequence: number, filter: FeedFilter): Promise<Part | ResetReason> {
    const reading = this.#paging.then(() => this.#page(sequence, filter));
    this.#paging = reading.catch(() => {});
    return reading;
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

  async #page(sequence: number, filter: FeedFilter): Promise<Part | ResetReason> {
    const kept = this.recentAfter(sequence, filter, pageSize);
    if (kept) return kept;
    const connection = this.#connection();
    const recent = this.#recent;
    const { from } = recent;
    const { created, first } = await this.#stream(connection);
    if (created !== this.#position?.created) return "rebuilt";
    if (sequence + 1 < first) return "expired";
    const page = await readPage(connection, { ...this.#where(), from: sequence + 1, size: pageSize });
    const read = await Promise.all(page.messages.map((message) => this.#reader.read(message, created)));
    const entries = read.filter((entry) => entry !== undefined);
    // All events between the page and those in memory were read.
    if (page.isLast && recent.from === from) recent.prepend(entries, sequence + 1);
    const last = page.messages.at(-1)?.sequence ?? sequence;
    const next = page.isLast ? Math.max(last, from - 1) : last;
    return { entries: entries.filter((entry) => fits(filter, entry)), next };
  }

  /** Reads events as they come until the connection or the consumer is lost. */
  async #follow(succeed: () => void): Promise<void> {
    const { signal } = this.#closing;
    const connection = await this.#options.bus.connected(signal);
    const { sequence, created } = this.#begin(await this.#stream(connection));
    let lose = (_: string) => {};
    const lost = new Promise<string>((resolve) => {
      lose = resolve;
    });
    const stop = () => lose("the process is ending");
    signal.addEventListener("abort", stop);
    const onMessage = (message: StoredMessage) => {
      this.#reading = this.#reading.then(async () => this.#add(message, await this.#reader.read(message, created)));
      return this.#reading;
    };
    const read = await openPushRead(connection, { ...this.#where(), from: sequence + 1, onMessage, onLost: lose });
    if (signal.aborted) stop();
    succeed();
    this.#isReported = false;
    const reason = await lost;
    read.end();
    signal.removeEventListener("abort", stop);
    await this.#reading;
    if (!signal.aborted) throw new Error(reason);
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
    const stop = new AbortController();
    const limit = pause(readyWithinMs, undefined, { signal: AbortSignal.any([signal, stop.signal]) }).catch(() => {});
    await Promise.race([isReady, limit]);
    stop.abort();
    this.#waiting.delete(ready);
  }

  #connection(): NatsConnection {
    const connection = this.#options.bus.current();
    if (connection) return connection;
    throw unavailable("NATS is not reachable now");
  }

  /** Returns where the events are, and an inbox of this process for them. */
  #where() {
    const { stream, subject } = this.#options.source.event;
    return { stream, subject, inbox: this.#options.bus.inbox() };
  }

  async #stream(connection: NatsConnection): Promise<StreamState> {
    const { streams } = await managerOf(connection);
    const { created, state } = await streams.info(this.#options.source.event.stream);
    return { created: Date.parse(String(created)), first: state.first_seq, last: state.last_seq };
  }

  #report(error: unknown, failures: number): void {
    const { log, source } = this.#options;
    if (this.#isReported || failures < 4 || !this.#options.bus.current()) return;
    this.#isReported = true;
    log.warn({ subject: source.event.subject, reason: reasonOf(error) }, "a feed waits for its stream");
  }
}

function unavailable(message: string): MeshError {
  return new MeshError({ code: "UNAVAILABLE", message, retryAfterMs: 1_000 });
}
