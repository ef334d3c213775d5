import type { Place } from "./lease/lease.ts";

/** Follows how far a consumer is in a stream. Events are received in order, and settled in any order. */
export class Progress {
  /** The stream: when NATS created it, and when it had lost events; undefined: nothing was received yet. */
  readonly stream: string | undefined;
  /** The last sequence that was received. */
  received: number;
  #position: number;
  /** The sequences that were received after the position, in order. */
  #open: number[] = [];
  readonly #settled: Set<number>;

  constructor({ stream, position, settled }: Place) {
    this.stream = stream;
    this.received = position;
    this.#position = position;
    this.#settled = new Set(settled);
  }

  /** Adds an event. Returns false if it is settled already. */
  receive(sequence: number): boolean {
    this.received = sequence;
    this.#open.push(sequence);
    if (!this.#settled.has(sequence)) return true;
    this.#advance();
    return false;
  }

  settle(sequence: number): void {
    this.#settled.add(sequence);
    if (this.#open[0] === sequence) this.#advance();
  }

  /** Leaves out what is of no concern, up to a sequence. Does nothing while an event is open. */
  skipTo(sequence: number): void {
    if (this.#open.length > 0 || sequence <= this.#position) return;
    this.#position = sequence;
    this.received = Math.max(this.received, sequence);
    for (const settled of this.#settled) if (settled <= sequence) this.#settled.delete(settled);
  }

  place(): Place {
    return { stream: this.stream, position: this.#position, settled: [...this.#settled].sort((a, b) => a - b) };
  }

  /** What was received before the first open event is behind it for good, with the events of other subjects. */
  #advance(): void {
    let count = 0;
    for (const sequence of this.#open) {
      if (!this.#settled.delete(sequence)) break;
      this.#position = sequence;
      count += 1;
    }
    if (count > 0) this.#open = this.#open.slice(count);
  }
}
