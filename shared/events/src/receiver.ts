import { setTimeout as sleep } from "node:timers/promises";
import { compose, type Logger, type Step } from "@mesh/runtime";
import type { Schema, Store } from "@mesh/store";
import { Acks } from "./acks.ts";
import type { ConsumeContext, Consumer } from "./consumer.ts";
import { deadLetterRow } from "./dead-letters.ts";
import { Delivery, type DeliveryOptions, type EarlierAttempts } from "./delivery.ts";
import type { EventMessage, ReceivedMessage } from "./event-message.ts";
import type { KeyedQueue } from "./keyed-queue.ts";
import { type Lease, LeaseLost } from "./lease/lease.ts";
import { claim, type DueEvent, isSettled, type ParkedRow, parkFailure } from "./parking/parked-rows.ts";
import { Parking } from "./parking/parking.ts";
import type { Progress } from "./progress.ts";
import { outbox } from "./tables.ts";
import { observeDeliveries } from "./telemetry/observe-delivery.ts";
import type { Transact } from "./transaction.ts";
import { isUnavailable } from "./unavailable.ts";

/** The time that handlers have to end after they were aborted, in milliseconds. */
const abortMs = 500;

/** An event that was in hand when so many holders in a row ended is tried alone. */
const suspectCrashes = 2;

/** An event whose process has ended so often while it was tried alone is dead-lettered. */
const maxKills = 3;

/** The longest wait for an upstream that is unavailable, in milliseconds. */
const maxUpstreamWaitMs = 30_000;

/** The parts that all leases of a consumer share. */
export interface ReceiverOptions extends Omit<DeliveryOptions, "closing" | "signal" | "transact" | "deadLetter"> {
  readonly consumer: Consumer<ConsumeContext<Schema>>;
  /** The slug of the service. */
  readonly service: string;
  readonly store: Store<Schema>;
  readonly middleware: readonly Step<Delivery>[];
  /** Makes transactions of the holder of a lease. */
  readonly transactOf: (lease: Lease) => Transact<Schema>;
  /** Has the outbox sent. */
  readonly poke: () => void;
  readonly log: Logger;
  /** Shared by all receivers of a service. */
  readonly queue: KeyedQueue;
}

/** An event of the stream, with the progress that it belongs to. */
interface Received {
  readonly message: ReceivedMessage;
  readonly progress: Progress;
  /** Whether the event may have been handled by an earlier holder. */
  readonly isRepeated: boolean;
}

/**
 * Handles the events of one consumer while this process holds its lease, those of the same key in order. An event that fails is
 * parked, and so are those behind it. NATS sends no more than 256 that are neither handled nor parked.
 */
export class Receiver {
  readonly parking: Parking;
  readonly #options: ReceiverOptions;
  readonly #lease: Lease;
  readonly #acks = new Acks();
  readonly #run: (delivery: Delivery) => Promise<unknown>;
  readonly #deliveryOptions: DeliveryOptions;
  readonly #closing = new AbortController();
  readonly #cut = new AbortController();
  #inHand = 0;
  #onIdle = () => {};

  constructor(options: ReceiverOptions, lease: Lease) {
    const { consumer, durable, store, log, queue } = options;
    this.#options = options;
    this.#lease = lease;
    const run = compose(options.middleware, (delivery: Delivery) => delivery.handle());
    this.#run = observeDeliveries(consumer.event.subject, durable, run);
    this.#deliveryOptions = {
      ...options,
      transact: options.transactOf(lease),
      deadLetter: (delivery, error) => this.#deadLetter(delivery, error),
      closing: this.#closing.signal,
      signal: this.#cut.signal,
    };
    lease.lost.addEventListener("abort", () => this.#closing.abort());
    this.parking = new Parking({
      store,
      lease,
      log,
      closing: this.#closing.signal,
      attempt: (due) => this.#whileOpen(() => this.#retry(due)),
      enqueue: (key, work) => queue.add(`${durable} ${key}`, () => this.#counted(work)),
    });
  }

  receive({ message, progress, isRepeated }: Received): void {
    const delivery = this.#deliveryOf(message, undefined, isRepeated);
    const settle = () => {
      progress.settle(message.sequence);
      this.#acks.add(message);
    };
    this.#options.queue.add(`${this.#options.durable} ${delivery.key}`, () =>
      this.#counted(() => this.#whileOpen(() => this.#handle(delivery).then(settle))),
    );
  }

  /**
   * Waits for the handlers that run, and drops the other events. After the limit it aborts the handlers too. It does not wait
   * for one that goes on, such as for a NATS that no longer responds.
   */
  async close(drainMs: number): Promise<void> {
    this.#closing.abort();
    const late = setTimeout(() => this.#cut.abort(new Error("the process is ending")), drainMs);
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      if (this.#inHand === 0) resolve();
    });
    await Promise.race([idle, sleep(drainMs + abortMs, undefined, { ref: false })]);
    clearTimeout(late);
    await this.parking.close();
  }

  async #counted(work: () => Promise<void>): Promise<void> {
    this.#inHand += 1;
    try {
      await work();
    } finally {
      this.#inHand -= 1;
      if (this.#inHand === 0) this.#onIdle();
    }
  }

  /** Does nothing once it is closing. The next holder handles what fails because of it. */
  async #whileOpen(work: () => Promise<void>): Promise<void> {
    const { durable: consumer, log } = this.#options;
    if (this.#closing.signal.aborted) return;
    try {
      await work();
    } catch (err) {
      if (this.#closing.signal.aborted || err instanceof LeaseLost) return;
      // Without its place, no later event of it would be settled for good. Another lease begins at this event.
      log.warn({ err, consumer }, "could not settle an event");
      this.#lease.lose();
    }
  }

  /** Handles or parks an event. Throws if it did neither. */
  async #handle(delivery: Delivery): Promise<void> {
    const { consumer, store } = this.#options;
    const { key, isRepeated } = delivery;
    await this.parking.opened();
    if (isRepeated && this.#lease.terms.crashes >= suspectCrashes)
      return void (await this.parking.park(delivery, "suspect"));
    if (isRepeated && (await isSettled(store.db, delivery))) return;
    if (consumer.isOrdered && this.parking.has(key) && (await this.parking.park(delivery, "behind"))) return;
    const error = await this.#try(delivery);
    if (error === undefined) return;
    await this.#park(delivery, error.reason);
    this.parking.add(key);
    this.parking.wake();
  }

  /** Tries a parked event again. */
  async #retry(due: DueEvent): Promise<void> {
    const row = await this.parking.write((tx) => claim(tx, due.position));
    if (!row) return;
    const delivery = this.#deliveryOf(messageOf(row), row, true);
    const error = row.kills < maxKills ? await this.#try(delivery) : await this.#deadLetterKiller(delivery);
    if (error !== undefined) await this.#park(delivery, error.reason);
    else if (delivery.deadLettered !== undefined) await this.parking.goOn(due.key);
    else await this.parking.finish(due);
  }

  /** Returns why an attempt failed. Throws if it ended because the process is ending. */
  async #try(delivery: Delivery): Promise<{ readonly reason: unknown } | undefined> {
    delivery.begin();
    try {
      await this.#run(delivery);
      return undefined;
    } catch (reason) {
      if (this.#closing.signal.aborted || reason instanceof LeaseLost) throw reason;
      return { reason };
    }
  }

  async #park(delivery: Delivery, reason: unknown): Promise<void> {
    const { log } = this.#options;
    const { consumer, id, attempt, earlier } = delivery;
    const isWaiting = isUnavailable(reason, delivery.context);
    const retryAfterMs = isWaiting ? this.#upstreamWaitMs(earlier) : this.#retryWaitMs(delivery);
    const error = String(reason);
    const failure = isWaiting
      ? { state: "upstream" as const, failures: earlier.failures, waits: earlier.waits + 1 }
      : { state: "failing" as const, failures: earlier.failures + 1, waits: 0 };
    await this.parking.write((tx) => parkFailure(tx, delivery, { ...failure, error, retryAfterMs }));
    const message = isWaiting ? "an event waits for an upstream" : "an event failed; retrying";
    log.warn({ consumer, id, attempt, retryAfterMs, reason: error }, message);
  }

  #retryWaitMs({ retryAfterMs }: Delivery): number {
    return retryAfterMs ?? this.#options.retryDelaysMs.at(-1) ?? 1_000;
  }

  #upstreamWaitMs({ waits }: EarlierAttempts): number {
    const { retryDelaysMs } = this.#options;
    return Math.min(retryDelaysMs[waits] ?? retryDelaysMs.at(-1) ?? 1_000, maxUpstreamWaitMs);
  }

  async #deadLetterKiller(delivery: Delivery): Promise<undefined> {
    await delivery.deadLetter(new Error(`its process ended ${maxKills} times while it was handled alone`));
  }

  /** Stores that an event is dead, and its letter in the outbox, in one transaction. */
  async #deadLetter(delivery: Delivery, reason: unknown): Promise<void> {
    const { service, poke } = this.#options;
    const { attempt: failures } = delivery;
    const failure = { state: "dead", failures, waits: 0, error: String(reason), retryAfterMs: undefined } as const;
    await this.parking.write(async (tx) => {
      await parkFailure(tx, delivery, failure);
      await tx.insert(outbox).values(deadLetterRow(delivery, { service, reason }));
    });
    poke();
  }

  #deliveryOf(message: EventMessage, earlier: EarlierAttempts | undefined, isRepeated: boolean): Delivery {
    return new Delivery(message, this.#deliveryOptions, { earlier, isRepeated });
  }
}

function messageOf({ messageId, subject, sequence, headers, payload }: ParkedRow): EventMessage {
  return { id: messageId, subject, sequence, headers, payload };
}
