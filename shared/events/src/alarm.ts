/** A pause that can be ended early, also before it begins. */
export class Alarm {
  #isRung = false;
  #wake = () => {};

  /** Ends the pause, or the next one if none is under way. */
  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  /** Pauses until the time is over or the alarm rings. */
  async pause(ms: number): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        // Node runs a timer of more than 24.8 days immediately.
        const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isRung = false;
  }
}
