import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { compose, type Logger, type Step } from "@mesh/runtime";
import type { Schema, Store } from "@mesh/store";
import type { Acks } from "./acks.ts";
import type { ConsumeContext, Consumer } from "./consumer.ts";
import { Delivery, type DeliveryOptions, type EarlierAttempts } from "./delivery.ts";
import type { EventMessage, ReceivedMessage } from "./event-message.ts";
import type { KeyedQueue, Slot } from "./keyed-queue.ts";
import { type Lease, LeaseLost } from "./lease/lease.ts";
import { Failures } from "./parking/failures.ts";
import { claim, type DueEvent, isSettled, type ParkedRow } from "./parking/parked-rows.ts";
import { Parking } from "./parking/parking.ts";
import type { Progress } from "./progress.ts";
import type { Turn } from "./sharing/shared-transaction.ts";
import { Sharing } from "./sharing/sharing.ts";
import { observeDeliveries } from "./telemetry/observe-delivery.ts";
import type { AddPublish, Transact } from "./transaction.ts";

/** The time that handlers have to end after they were aborted, in milliseconds. */
const abortMs = 500;

/** An event that was in hand when so many holders in a row ended is tried alone. */
const suspectCrashes = 2;

/** An event whose process has ended so often while it was tried alone is dead-lettered. */
const maxKills = 3;

/** The parts that all leases of a consumer share. */
export interface ReceiverOptions
  extends Omit<DeliveryOptions, "closing" | "signal" | "transact" | "sharing" | "deadLetter"> {
  readonly consumer: Consumer<ConsumeContext<Schema>>;
  /** The slug of the service. */
  readonly service: string;
  readonly store: Store<Schema>;
  readonly middleware: readonly Step<Delivery>[];
  /** Makes transactions of the holder of a lease. */
  readonly transactOf: (lease: Lease) => Transact<Schema>;
  readonly withPublish: AddPublish;
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
  readonly acks: Acks;
  /** Whether the event may have been handled by an earlier holder. */
  readonly isRepeated: boolean;
}

/**
 * Handles the events of one consumer while this process holds its lease, those of the same key in order. An event that fails is
 * parked, and so are those behind it. NATS sends no more than 256 after the last ack.
 */
export class Receiver {
  readonly parking: Parking;
  readonly #options: ReceiverOptions;
  readonly #lease: Lease;
  readonly #sharing: Sharing;
  readonly #failures: Failures;
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
    const transact = options.transactOf(lease);
    this.#sharing = new Sharing({ ...options, transact, opening: lease.opening });
    this.#deliveryOptions = {
      ...options,
      transact,
      sharing: this.#sharing,
      deadLetter: (delivery, error) => this.#failures.deadLetter(delivery, error),
      closing: this.#closing.signal,
      signal: this.#cut.signal,
    };
    lease.lost.addEventListener("abort", () => this.#closing.abort());
    // Each event that runs has one.
    setMaxListeners(0, this.#cut.signal);
    this.parking = new Parking({
      store,
      lease,
      log,
      closing: this.#closing.signal,
      attempt: (due) => this.#whileOpen(() => this.#retry(due)),
      enqueue: (key, work) => queue.add(`${durable} ${key}`, () => this.#counted(work)),
    });
    this.#failures = new Failures({ ...options, parking: this.parking });
  }

  receive({ message, progress, acks, isRepeated }: Received): void {
    const delivery = this.#deliveryOf(message, undefined, isRepeated);
    const settle = () => {
      progress.settle(message.sequence);
      acks.settle(message);
    };
    this.#options.queue.add(`${this.#options.durable} ${delivery.key}`, (slot) =>
      this.#counted(() => this.#whileOpen(() => this.#handleIn(slot, delivery).then(settle))),
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

  /** Lets an event share its transaction, unless it may have ended a process before. */
  async #handleIn(slot: Slot, delivery: Delivery): Promise<void> {
    if (delivery.isRepeated || !this.#options.consumer.isShared) return this.#handle(delivery);
    const turn = { slot, arrived: this.#sharing.expect() };
    await this.#handle(delivery, turn).finally(turn.arrived);
  }

  /** Handles or parks an event. Throws if it did neither. */
  async #handle(delivery: Delivery, turn?: Turn): Promise<void> {
    const { consumer, store } = this.#options;
    const { key, isRepeated } = delivery;
    await this.parking.opened();
    if (isRepeated && this.#lease.terms.crashes >= suspectCrashes)
      return void (await this.parking.park(delivery, "suspect"));
    if (isRepeated && (await isSettled(store.db, delivery))) return;
    if (consumer.isOrdered && this.parking.has(key) && (await this.parking.park(delivery, "behind"))) return;
    const error = await this.#try(delivery, turn);
    if (error === undefined) return;
    await this.#failures.park(delivery, error.reason);
    this.parking.add(key);
    this.parking.wake();
  }

  /** Tries a parked event again. */
  async #retry(due: DueEvent): Promise<void> {
    const row = await this.parking.write((tx) => claim(tx, due.position));
    if (!row) return;
    const delivery = this.#deliveryOf(messageOf(row), row, true);
    const error = row.kills < maxKills ? await this.#try(delivery) : await this.#deadLetterKiller(delivery);
    if (error !== undefined) await this.#failures.park(delivery, error.reason);
    else if (delivery.deadLettered !== undefined) await this.parking.goOn(due.key);
    else await this.parking.finish(due);
  }

  /** Returns why an attempt failed. Throws if it ended because the process is ending. */
  async #try(delivery: Delivery, turn?: Turn): Promise<{ readonly reason: unknown } | undefined> {
    delivery.begin(turn);
    try {
      await this.#run(delivery);
      return undefined;
    } catch (reason) {
      if (this.#closing.signal.aborted || reason instanceof LeaseLost) throw reason;
      return { reason };
    }
  }

  async #deadLetterKiller(delivery: Delivery): Promise<undefined> {
    await delivery.deadLetter(new Error(`its process ended ${maxKills} times while it was handled alone`));
  }

  #deliveryOf(message: EventMessage, earlier: EarlierAttempts | undefined, isRepeated: boolean): Delivery {
    return new Delivery(message, this.#deliveryOptions, { earlier, isRepeated });
  }
}

function messageOf({ messageId, subject, sequence, headers, payload }: ParkedRow): EventMessage {
  return { id: messageId, subject, sequence, headers, payload };
}
