/** An event in memory. */
export interface Kept {
  readonly sequence: number;
  /** Its size. */
  readonly bytes: number;
}

/** The most events in memory, and their most bytes. */
export interface RecentLimits {
  readonly count: number;
  readonly bytes: number;
}

/** The latest events of a feed: all of them from a sequence on, so that a client that was away for a while needs no read. */
export class RecentEvents<E extends Kept> {
  readonly #limits: RecentLimits;
  #events: E[] = [];
  #bytes = 0;
  #from: number;

  /** @param from the sequence of the first event that will be kept, or any later than the one before it */
  constructor(limits: RecentLimits, from: number) {
    this.#limits = limits;
    this.#from = from;
  }

  /** All events with this sequence and higher ones are kept. */
  get from(): number {
    return this.#from;
  }

  /** Keeps the next event, and drops the oldest ones if they are too many. */
  append(event: E): void {
    this.#events.push(event);
    this.#bytes += event.bytes;
    // Dropping a quarter is cheaper than dropping one by one.
    if (this.#events.length > this.#limits.count || this.#bytes > this.#limits.bytes) this.#drop();
  }

  /**
   * Keeps older events, if there is room for them.
   *
   * @param from they are all events from this sequence on
   */
  prepend(events: readonly E[], from: number): void {
    const older = events.filter(({ sequence }) => sequence < this.#from);
    const bytes = sizeOf(older);
    // The quarter that is dropped next would be these.
    const hasRoom = (this.#events.length + older.length) * 2 <= this.#limits.count;
    if (!hasRoom || (this.#bytes + bytes) * 2 > this.#limits.bytes) return;
    this.#events = [...older, ...this.#events];
    this.#bytes += bytes;
    this.#from = from;
  }

  /** Iterates over the events after a sequence, the oldest first. */
  *after(sequence: number): Generator<E, void> {
    for (let index = this.#indexAfter(sequence); index < this.#events.length; index++) yield this.#events[index] as E;
  }

  #drop(): void {
    const dropped = this.#events.splice(0, Math.ceil(this.#events.length / 4));
    this.#bytes -= sizeOf(dropped);
    this.#from = (dropped.at(-1)?.sequence ?? this.#from - 1) + 1;
  }

  #indexAfter(sequence: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle] as E).sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sizeOf(events: readonly Kept[]): number {
  return events.reduce((total, { bytes }) => total + bytes, 0);
}
