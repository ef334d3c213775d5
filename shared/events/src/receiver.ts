import { setTimeout as sleep } from "node:timers/promises";
import { compose, type Step } from "@mesh/runtime";
import type { JsMsg } from "nats";
import { Delivery, type DeliveryOptions } from "./delivery.ts";
import type { KeyedQueue } from "./keyed-queue.ts";
import { observeDeliveries } from "./telemetry/observe-delivery.ts";

/** The time that handlers have to end after they were aborted, in milliseconds. */
const abortMs = 500;

/** Options of a receiver. */
export interface ReceiverOptions extends Omit<DeliveryOptions, "closing" | "signal"> {
  readonly middleware: readonly Step<Delivery>[];
  /** The time after which NATS delivers an event again that is not settled, in milliseconds. */
  readonly ackWaitMs: number;
  /** Shared by all receivers of a service. */
  readonly queue: KeyedQueue;
}

/**
 * Handles the messages of one consumer, those of the same key in order, and settles each: an ack if it was handled, else a
 * nak with the wait before the next attempt. NATS sends no more than 256 that are not settled.
 */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #run: (delivery: Delivery) => Promise<unknown>;
  readonly #closing = new AbortController();
  readonly #cut = new AbortController();
  readonly #held = new Set<JsMsg>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    const { consumer, durable } = options;
    const run = compose(options.middleware, (delivery: Delivery) => delivery.handle());
    this.#run = observeDeliveries(consumer.event.subject, durable, run);
    // Three times within the wait, so that one lost message does not matter.
    this.#timer = setInterval(() => this.#held.forEach(reportWorking), options.ackWaitMs / 3);
  }

  receive(message: JsMsg): void {
    this.#held.add(message);
    const signals = { closing: this.#closing.signal, signal: this.#cut.signal };
    const delivery = new Delivery(message, { ...this.#options, ...signals });
    this.#options.queue.add(`${this.#options.durable} ${delivery.key}`, () => this.#settle(delivery));
  }

  /**
   * Waits for the handlers that run and returns the other events. After the limit it aborts the handlers too. It does not wait
   * for one that goes on, such as for a NATS that no longer responds.
   */
  async close(drainMs: number): Promise<void> {
    this.#closing.abort();
    const late = setTimeout(() => this.#cut.abort(new Error("the process is ending")), drainMs);
    await Promise.race([this.#options.queue.idle(), sleep(drainMs + abortMs, undefined, { ref: false })]);
    clearTimeout(late);
    clearInterval(this.#timer);
  }

  async #settle(delivery: Delivery): Promise<void> {
    const { source, consumer, id } = delivery;
    try {
      if (this.#closing.signal.aborted) source.nak();
      else await this.#handle(delivery);
    } catch (err) {
      // The connection was closed for good. NATS delivers the event again over another one.
      this.#options.log.warn({ err, consumer, id }, "could not settle an event");
    } finally {
      this.#held.delete(source);
    }
  }

  async #handle(delivery: Delivery): Promise<void> {
    delivery.begin();
    try {
      await this.#run(delivery);
    } catch (error) {
      return this.#retry(delivery, error);
    }
    delivery.source.ack();
  }

  #retry({ source, consumer, id, deliveries, retryAfterMs }: Delivery, error: unknown): void {
    if (this.#closing.signal.aborted) return void source.nak();
    const { log, retryDelaysMs } = this.#options;
    const delayMs = retryAfterMs ?? retryDelaysMs.at(-1) ?? 1_000;
    log.warn({ consumer, id, deliveries, retryAfterMs: delayMs, reason: String(error) }, "an event failed; retrying");
    source.nak(delayMs);
  }
}

function reportWorking(message: JsMsg): void {
  try {
    message.working();
  } catch {
    // The connection was closed for good. NATS delivers the message again over another one.
  }
}
