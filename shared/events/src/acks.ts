import type { ReceivedMessage } from "./event-message.ts";

/** Acknowledges the events that are settled in one turn of the event loop together, in one write. */
export class Acks {
  #settled: ReceivedMessage[] = [];

  add(message: ReceivedMessage): void {
    if (this.#settled.push(message) === 1) setImmediate(() => this.#send());
  }

  #send(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const message of settled) message.ack();
  }
}
