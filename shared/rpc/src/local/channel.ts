import type { Waiter } from "../message-stream.ts";

/** The messages that wait for the other side, at most. */
const room = 16;

/** Messages from one side of a call to the other, in their order. One `push` and one `take` may be under way at a time. */
export class Channel {
  readonly #queue: unknown[] = [];
  #reading: Waiter<unknown> | undefined;
  #writing: Waiter<void> | undefined;
  #isFinished = false;
  #failure: Error | undefined;

  /** Resolves once there is room for the next message; undefined: there is. Rejects when the channel fails. */
  push(message: unknown): Promise<void> | undefined {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#reading) {
      const { resolve } = this.#reading;
      this.#reading = undefined;
      resolve(message);
      return undefined;
    }
    this.#queue.push(message);
    if (this.#queue.length < room) return undefined;
    return new Promise((resolve, reject) => {
      this.#writing = { resolve, reject };
    });
  }

  /** Returns the next message; undefined: no more follow. Rejects when the channel fails. */
  take(): Promise<unknown> {
    if (this.#queue.length > 0) {
      const message = this.#queue.shift();
      this.#writing?.resolve();
      this.#writing = undefined;
      return Promise.resolve(message);
    }
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#isFinished) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
    });
  }

  /** Says that no more messages follow those that wait. */
  finish(): void {
    this.#isFinished = true;
    this.#reading?.resolve(undefined);
    this.#reading = undefined;
  }

  /** Ends the channel with an error: after the messages that wait, or immediately. */
  fail(error: Error, when: "after" | "now"): void {
    if (this.#failure) return;
    this.#failure = error;
    if (when === "now") this.#queue.length = 0;
    this.#reading?.reject(error);
    this.#writing?.reject(error);
    this.#reading = undefined;
    this.#writing = undefined;
  }
}
