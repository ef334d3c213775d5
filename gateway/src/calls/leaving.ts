import type { ServerResponse } from "node:http";
import { onClosed } from "../http/closing.ts";

/** Notices when a call has no one left to respond to. */
export interface Abortable {
  readonly signal: AbortSignal;
  /** Calls back when the signal aborts, immediately if it has. Costs less than a listener of the signal. */
  onAbort?(listener: (reason: unknown) => void): void;
}

/** Notices when the client of a request leaves before it has the whole response. Its signal is made only if it is used. */
export class Leaving implements Abortable {
  readonly #response: ServerResponse;
  #controller: AbortController | undefined;
  #listeners: ((reason: unknown) => void)[] | undefined;
  #reason: DOMException | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    onClosed(response, this.#leave);
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  onAbort(listener: (reason: unknown) => void): void {
    if (this.#reason) listener(this.#reason);
    else if (this.#listeners) this.#listeners.push(listener);
    else this.#listeners = [listener];
  }

  readonly #leave = () => {
    if (this.#response.writableFinished) return;
    this.#reason = new DOMException("the client left", "AbortError");
    this.#controller?.abort(this.#reason);
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener(this.#reason);
  };
}
