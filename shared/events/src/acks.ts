/** An event that NATS has delivered. */
interface Delivered {
  /** Whether it is handled or parked. */
  isSettled: boolean;
  /** Acknowledges this event and those before it. */
  ack(): void;
}

/** The time after which an event that is settled is acknowledged, in milliseconds. */
const ackMs = 5;

/**
 * Acknowledges the events that a consumer of NATS has delivered. An ack is for all events up to one, which costs NATS and this process
 * much less than one for each. NATS sends no more than a window of events after it.
 */
export class Acks {
  readonly #together: number;
  /** The events after the last ack, in order. */
  #received: Delivered[] = [];
  /** How many of those at the beginning are settled. */
  #settled = 0;
  /** The number of events that are not settled, including those that an ack has passed. */
  #open = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param window the most events that NATS sends after the last ack */
  constructor(window: number) {
    this.#together = Math.ceil(window / 4);
  }

  receive(message: Delivered): void {
    this.#received.push(message);
    this.#open += 1;
  }

  settle(message: Delivered): void {
    message.isSettled = true;
    this.#open -= 1;
    while (this.#received[this.#settled]?.isSettled) this.#settled += 1;
    if (this.#isClosed || this.#received.length === 0) return;
    if (this.#settled >= this.#together || this.#isStuck()) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), ackMs);
  }

  /** Sends no more acks: another consumer would take them for its own. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Returns whether events that take long keep NATS from sending others, which are no more than half of a window. */
  #isStuck(): boolean {
    return this.#open <= 2 * this.#together && this.#received.length >= 2 * this.#together;
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const count = this.#isStuck() ? this.#received.length : this.#settled;
    if (count === 0) return;
    this.#received[count - 1]?.ack();
    this.#received = this.#received.slice(count);
    this.#settled = 0;
  }
}
