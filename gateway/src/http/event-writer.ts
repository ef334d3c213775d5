import type { ServerResponse } from "node:http";

/** The characters after which events are sent without waiting for more. */
const enough = 16 * 1024;

/** What is sent while there are no events, so that both sides notice a lost connection. */
export interface Pings {
  readonly text: string;
  readonly everyMs: number;
}

/** Writes the events of a subscription. Those of one turn of the event loop share a write. */
export class EventWriter {
  readonly #response: ServerResponse;
  readonly #pings: NodeJS.Timeout;
  #text = "";
  #isDue = false;

  constructor(response: ServerResponse, { text, everyMs }: Pings) {
    this.#response = response;
    this.#pings = setInterval(() => this.#ping(text), everyMs);
    // A response that is closed emits no "close" again.
    if (response.closed) this.#stop();
    else response.once("close", this.#stop);
  }

  /** Writes an event. Resolves once there is room for the next one; undefined: there is. */
  write(event: string): Promise<void> | undefined {
    this.#text += event;
    if (this.#text.length >= enough) this.#flush();
    else if (!this.#isDue) {
      this.#isDue = true;
      setImmediate(this.#flush);
    }
    return this.#response.writableNeedDrain ? drained(this.#response) : undefined;
  }

  /** Ends the response. */
  end(): void {
    this.#stop();
    this.#isDue = false;
    const text = this.#text;
    this.#text = "";
    this.#response.end(text);
  }

  readonly #flush = () => {
    this.#isDue = false;
    if (this.#text === "" || this.#response.writableEnded) return;
    const text = this.#text;
    this.#text = "";
    this.#response.write(text);
  };

  readonly #stop = () => clearInterval(this.#pings);

  /** A client that reads too slowly gets none. */
  #ping(text: string): void {
    if (!this.#response.writableNeedDrain && !this.#response.writableEnded) this.#response.write(text);
  }
}

/** Resolves when a response has room, or is closed. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
