import type { JsMsg } from "nats";

/** An event as it was sent, from a stream or from the table of parked events. */
export interface EventMessage {
  /** The id that it was published with, or its position in the stream if it has none. */
  readonly id: string;
  readonly subject: string;
  /** Its sequence in the stream. */
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** All headers except those for NATS itself, such as the expected stream. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An event that NATS delivered. */
export class ReceivedMessage implements EventMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** Whether it is handled or parked. */
  isSettled = false;
  readonly #source: JsMsg;
  #id: string | undefined;
  #headers: Readonly<Record<string, string>> | undefined;

  constructor(source: JsMsg) {
    this.#source = source;
    this.subject = source.subject;
    this.sequence = source.seq;
    this.payload = source.data;
  }

  get id(): string {
    this.#id ??= idOf(this.#source);
    return this.#id;
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= ownHeaders(this.#source);
    return this.#headers;
  }

  /** Acknowledges this event and those before it. */
  ack(): void {
    this.#source.ack();
  }
}

function ownHeaders({ headers }: JsMsg): Record<string, string> {
  const names = (headers?.keys() ?? []).filter((name) => !name.toLowerCase().startsWith("nats-"));
  return Object.fromEntries(names.map((name) => [name, headers?.get(name) ?? ""]));
}

function idOf({ headers, info }: JsMsg): string {
  const id = headers?.get("Nats-Msg-Id") ?? "";
  // A longer one would not fit into the inbox's index.
  return id !== "" && id.length <= 200 ? id : `${info.stream}/${info.streamSequence}/${info.timestampNanos}`;
}
