/** A pause that can be ended early, even before it begins. */
export class Alarm {
  #isRinging = false;
  #wake = () => {};

  /** Ends the pause, or the next one. */
  ring(): void {
    this.#isRinging = true;
    this.#wake();
  }

  /** Pauses until the time is over or the alarm rings. */
  async wait(ms: number): Promise<void> {
    if (!this.#isRinging) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isRinging = false;
  }
}
