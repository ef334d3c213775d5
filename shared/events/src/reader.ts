import { type Logger, openLimit, repeat } from "@mesh/runtime";
import type { Schema, Store } from "@mesh/store";
import type { ConsumerMessages, JsMsg, NatsConnection } from "nats";
import { Acks } from "./acks.ts";
import type { Bus } from "./bus.ts";
import type { Consumer } from "./consumer.ts";
import { ownerOf } from "./consumer-owner.ts";
import { ReceivedMessage } from "./event-message.ts";
import { type Lease, LeaseLost, type Place } from "./lease/lease.ts";
import { saveHandedTo, savePlace } from "./lease/lease-rows.ts";
import { consumeFrom, settledBefore, window } from "./nats-consumer.ts";
import { Progress } from "./progress.ts";
import type { Receiver } from "./receiver.ts";
import { identityOf, lastKnownOf } from "./stream-resets.ts";
import { managerOf, type Streams } from "./streams.ts";
import { countMissed } from "./telemetry/observe-consumer.ts";

/** Options of a reader. */
export interface ReaderOptions {
  readonly bus: Bus;
  readonly store: Store<Schema>;
  readonly streams: Streams;
  readonly consumer: Pick<Consumer<never>, "event">;
  /** The name of the durable consumer. */
  readonly durable: string;
  /** Its name in NATS. */
  readonly natsName: string;
  /** Receives the reason why no events arrive, or undefined once they do. */
  readonly onState: (reason: string | undefined) => void;
  readonly onFailure: (error: unknown, failures: number) => void;
  readonly log: Logger;
}

/** The longest that it takes to open a consumer, in milliseconds: several requests. */
const openTimeoutMs = 15_000;

/** How far ahead it is stored which events may be handed to handlers, in sequences of the stream. */
const aheadOf = 1_000;

/** How often it is stored that no event of the stream was missed while none came, in milliseconds. */
const quietMs = 60_000;

/** The time after which a consumer creates a stream that was deleted: then its publisher does not run, in milliseconds. */
const missingMs = 15_000;

/** While too many events are parked, how often it looks whether there are fewer, in milliseconds. */
const fullMs = 1_000;

/** Receives the events of a consumer from NATS, in order, from the place of its lease on. */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #lease: Lease;
  readonly #receiver: Receiver;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #progress: Progress;
  /** Events up to this sequence may have been handed to a handler before this reader received them. */
  #repeatedTo: number;
  #handedTo: number;
  #messages: ConsumerMessages | undefined;
  #reportedMissed = false;
  /** Since when the stream is missing, by `performance.now()`. */
  #missingSince: number | undefined;

  constructor(options: ReaderOptions, lease: Lease, receiver: Receiver) {
    this.#options = options;
    this.#lease = lease;
    this.#receiver = receiver;
    this.#progress = new Progress(lease.terms);
    this.#repeatedTo = lease.terms.handedTo;
    this.#handedTo = lease.terms.handedTo;
    lease.lost.addEventListener("abort", () => this.#stop());
    // Prometheus sees no increase of a series that begins with another number.
    countMissed(options.consumer.event.subject, options.durable, 0);
    this.#running = repeat((succeed) => this.#read(succeed), {
      signal: this.#closing.signal,
      backoff: {},
      onFailure: options.onFailure,
    });
    void repeat(() => this.#passQuiet(), { signal: this.#closing.signal, intervalMs: quietMs });
  }

  place(): Place {
    return this.#progress.place();
  }

  /** Receives no more events. */
  async close(): Promise<void> {
    this.#stop();
    await this.#running;
  }

  /** The promise of `close` stays open if the loop over the messages was left before. */
  #stop(): void {
    this.#closing.abort();
    void this.#messages?.close();
  }

  /** Passes the events of other subjects: when the stream deletes them, this consumer has missed none of its own. */
  async #passQuiet(): Promise<void> {
    const { bus, consumer, natsName } = this.#options;
    const connection = bus.current();
    if (!connection || !this.#messages) return;
    const progress = this.#progress;
    const manager = await managerOf(connection);
    const info = await manager.streams.info(consumer.event.stream);
    if (identityOf(info) !== progress.stream) return void this.#messages.close();
    const { state } = info;
    const { num_pending, num_ack_pending } = await manager.consumers.info(consumer.event.stream, natsName);
    if (num_pending === 0 && num_ack_pending === 0) progress.skipTo(state.last_seq);
  }

  /** Receives until the connection or the consumer is lost. */
  async #read(succeed: () => void): Promise<void> {
    const { bus, onState } = this.#options;
    const connection = await bus.connected(this.#closing.signal);
    await this.#receiver.parking.opened();
    const messages = await this.#open(connection);
    this.#messages = messages;
    if (this.#closing.signal.aborted) void messages.close();
    succeed();
    onState(undefined);
    void connection.closed().then(() => messages.close());
    const acks = new Acks(window);
    try {
      await this.#receiveAll(messages, acks);
    } finally {
      acks.close();
    }
  }

  async #receiveAll(messages: ConsumerMessages, acks: Acks): Promise<void> {
    let delivered = 0;
    for await (const message of messages) {
      delivered += 1;
      // One was lost on its way, or another process takes events of this consumer.
      if (message.info.deliverySequence !== delivered) throw new Error("NATS did not deliver all events in order");
      await this.#receive(message, acks);
      if (this.#closing.signal.aborted) return;
    }
    throw new Error("the connection was closed");
  }

  async #receive(source: JsMsg, acks: Acks): Promise<void> {
    const { seq } = source;
    const progress = this.#progress;
    if (seq > this.#handedTo) await this.#reserve(seq);
    while (this.#receiver.parking.isFull) await this.#waitForRoom();
    if (this.#closing.signal.aborted) return;
    const message = new ReceivedMessage(source);
    acks.receive(message);
    if (!progress.receive(seq)) return acks.settle(message);
    this.#receiver.receive({ message, progress, acks, isRepeated: seq <= this.#repeatedTo });
  }

  /** Stores that events may be handed to handlers, before they are: if this process ends, the next one knows which. */
  async #reserve(sequence: number): Promise<void> {
    const handedTo = sequence + aheadOf;
    await this.#held(saveHandedTo(this.#options.store, this.#lease, this.place(), handedTo));
    this.#handedTo = handedTo;
  }

  async #held(isHeld: Promise<boolean>): Promise<void> {
    if (await isHeld) return;
    this.#lease.lose();
    throw new LeaseLost(`another process consumes ${this.#options.durable}`);
  }

  async #waitForRoom(): Promise<void> {
    const { durable, onState } = this.#options;
    onState(`${durable} gets no more events: too many are parked`);
    await new Promise((resolve) => setTimeout(resolve, fullMs));
    if (this.#closing.signal.aborted || !this.#receiver.parking.isFull) onState(undefined);
    this.#closing.signal.throwIfAborted();
  }

  /** Does not wait for a NATS that no longer responds if the reader is closed meanwhile. */
  async #open(connection: NatsConnection): Promise<ConsumerMessages> {
    const limit = openLimit(this.#closing.signal, openTimeoutMs);
    const opening = this.#openConsumer(connection);
    try {
      return await limit.race(opening);
    } catch (error) {
      void opening.then((messages) => messages.close()).catch(() => {});
      throw error;
    } finally {
      limit.end();
    }
  }

  async #openConsumer(connection: NatsConnection): Promise<ConsumerMessages> {
    const { streams, consumer, natsName, store } = this.#options;
    const { stream, subject } = consumer.event;
    await streams.ensure(connection, { stream, subject }, () => this.#mayCreate());
    this.#missingSince = undefined;
    await this.#findPlace(connection, stream);
    // Another process may have taken the lease, and opened the consumer for itself.
    await this.#held(savePlace(store, this.#lease, this.place()));
    const startSequence = this.#progress.received + 1;
    return consumeFrom(connection, { stream, subject, natsName, startSequence, owner: await ownerOf(store) });
  }

  /** A stream that is lost is created by its publisher, which fills it again before it adds later events. */
  #mayCreate(): boolean {
    this.#missingSince ??= performance.now();
    return this.#progress.stream === undefined || performance.now() - this.#missingSince > missingMs;
  }

  /** Goes back to the last event that the stream still has: its publishers send later ones again, with the same ids. */
  async #findPlace(connection: NatsConnection, stream: string): Promise<void> {
    const { durable, log, store } = this.#options;
    const manager = await managerOf(connection);
    const info = await manager.streams.info(stream);
    const { last_seq, first_seq } = info.state;
    const name = identityOf(info);
    const before = this.#progress;
    if (before.stream === undefined) {
      const position = await settledBefore(connection, stream, durable, await ownerOf(store));
      this.#repeatedTo = position > 0 ? last_seq : Math.min(this.#repeatedTo, last_seq);
      this.#handedTo = 0;
      this.#progress = new Progress({ stream: name, position, settled: [] });
      return;
    }
    const end = Math.min(lastKnownOf(before.stream, info), last_seq);
    if (before.stream === name && before.received <= end) {
      this.#repeatedTo = Math.min(this.#repeatedTo, last_seq);
      return this.#reportMissed(first_seq - before.received - 1);
    }
    if (before.received > end)
      log.warn({ consumer: durable, received: before.received, end }, "the stream has lost events");
    const place = before.place();
    const settled = place.settled.filter((sequence) => sequence <= end);
    // What is sent again has no higher sequence than it had.
    this.#repeatedTo = Math.max(last_seq, this.#handedTo, before.received);
    this.#handedTo = 0;
    this.#progress = new Progress({ stream: name, position: Math.min(place.position, end), settled });
  }

  /** Reports the events that the stream has deleted before they were received. Those of other subjects count, too. */
  #reportMissed(missed: number): void {
    const { durable, consumer, log } = this.#options;
    const isEmpty = this.#progress.received === 0;
    if (missed <= 0 || isEmpty || this.#reportedMissed) return;
    this.#reportedMissed = true;
    countMissed(consumer.event.subject, durable, missed);
    log.error(
      { consumer: durable, missed },
      "the stream has deleted events that were not received, maybe of other subjects",
    );
  }
}
