/** How often the delay is measured, in milliseconds. */
const everyMs = 10;

/** A response is noticed at most that long after a delay was measured, in milliseconds. */
const nearMs = 200;

/** Measures how much later than meant this process notices what happens: it is also the network of all processes. */
export class OwnDelay implements Disposable {
  readonly #delays: { readonly at: number; readonly ms: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    let before = performance.now();
    this.#timer = setInterval(() => {
      const at = performance.now();
      const ms = at - before - everyMs;
      before = at;
      if (ms > everyMs) this.#delays.push({ at, ms });
    }, everyMs);
  }

  /** Returns the longest delay near a time of `performance.now()`, in milliseconds. */
  near(time: number): number {
    return Math.max(0, ...this.#delays.filter(({ at }) => Math.abs(at - time) < nearMs).map(({ ms }) => ms));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
