import { type MsgHdrs, type NatsConnection, nuid } from "nats";
import { requestTimeoutMs } from "./connection-options.ts";

/** A message of a batch. */
export interface BatchMessage {
  readonly subject: string;
  readonly headers: MsgHdrs;
  readonly payload: Uint8Array;
}

/** The result of a batch. */
export interface BatchResult {
  /** How many of the first messages NATS has stored. It may have stored more. */
  readonly stored: number;
  /** The sequence of the last of them that is new. 0: none is, or it is not known. */
  readonly last: number;
  /** Whether the server and the stream take batches. */
  readonly isSupported: boolean;
}

/** The operations of a message, the last part of its reply subject but one. */
const operations = { start: 0, add: 1, end: 2, stop: 3 } as const;

/** The most messages for which NATS sends one response. It begins with fewer. */
const maxFlow = 200;

/** The codes of the errors by which NATS says that the stream takes no batches, or none of this form. */
const unsupported: ReadonlySet<number | undefined> = new Set([10_205, 10_206, 10_207, 10_208]);

/** The responses for which no further message waits. */
const outstanding = 2;

/** A response of NATS to a batch: how far it is, a failure, or the result. */
interface Reply {
  readonly type?: "ack" | "gap" | "err";
  /** Of an ack: every message up to this one is stored. Of the result: the sequence of the last that is new. */
  readonly seq?: number;
  /** Of an ack: the messages for which NATS sends one response from now on. */
  readonly msgs?: number;
  /** Of the result: the batch, and how many messages were stored. */
  readonly batch?: string;
  readonly count?: number;
  readonly error?: { readonly err_code?: number };
}

/**
 * Stores messages of one stream in their order, with one response of NATS for many of them (fast ingest, from NATS 2.14 on). It ends
 * at the first message that NATS rejects.
 *
 * @param inbox a subject of this process
 * @throws if NATS does not respond within 2 s
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md
 */
export async function storeBatch(
  connection: NatsConnection,
  inbox: string,
  messages: readonly BatchMessage[],
): Promise<BatchResult> {
  const replies = new Replies(connection, `${inbox}.${nuid.next()}`);
  const send = (number: number, operation: keyof typeof operations, { subject, payload, headers }: BatchMessage) => {
    const reply = `${replies.prefix}.${maxFlow}.fail.${number}.${operations[operation]}.$FI`;
    connection.publish(subject, payload, { headers, reply });
  };
  try {
    for (const [at, message] of messages.entries()) {
      const number = at + 1;
      const isLast = number === messages.length;
      send(number, isLast ? "end" : at === 0 ? "start" : "add", message);
      if (!isLast) await replies.roomAfter(number);
      if (replies.isOver) break;
    }
    await replies.end();
    const [first] = messages;
    // NATS gives the result of a batch that failed with what comes next.
    if (replies.hasFailed && first) send(messages.length + 1, "stop", { ...first, payload: nothing });
    return await replies.result();
  } finally {
    replies.close();
  }
}

const nothing = new Uint8Array();

/** The result if NATS rejects the whole batch. */
const notStored: Reply = { error: {} };

/** The responses to a batch. */
class Replies {
  /** The beginning of the reply subjects of the messages. */
  readonly prefix: string;
  readonly close: () => void;
  #acked = 0;
  /** The messages for which NATS sends one response. 0: it has sent none yet. */
  #flow = 0;
  /** A message was rejected, or lost. */
  hasFailed = false;
  #result: Reply | undefined;
  #wake = () => {};

  constructor(connection: NatsConnection, prefix: string) {
    this.prefix = prefix;
    const subscription = connection.subscribe(`${prefix}.>`, {
      callback: (error, message) => {
        // What NATS itself sends if there is no stream is empty.
        if (error || message.data.length === 0) this.#result ??= notStored;
        else this.#receive(message.json<Reply>());
        this.#wake();
      },
    });
    this.close = () => subscription.unsubscribe();
  }

  /** Whether no further message is stored. */
  get isOver(): boolean {
    return this.hasFailed || this.#result !== undefined;
  }

  /** Waits until the message after this one may be sent. */
  async roomAfter(number: number): Promise<void> {
    while (!this.isOver && (this.#flow === 0 || number - this.#acked >= this.#flow * outstanding)) await this.#next();
  }

  /** Waits until no further message is stored. */
  async end(): Promise<void> {
    while (!this.isOver) await this.#next();
  }

  async result(): Promise<BatchResult> {
    while (!this.#result) await this.#next();
    const { count, error, seq: last = 0 } = this.#result;
    if (error) return { stored: this.#acked, last: 0, isSupported: !unsupported.has(error.err_code) };
    // An older server takes the messages of a batch for single ones.
    return count === undefined ? { stored: 1, last, isSupported: false } : { stored: count, last, isSupported: true };
  }

  #receive(reply: Reply): void {
    if (reply.type === "ack") {
      this.#acked = Math.max(this.#acked, reply.seq ?? 0);
      this.#flow = Math.max(1, reply.msgs ?? 1);
    } else if (this.#flow === 0 || reply.batch !== undefined) this.#result ??= reply;
    else this.hasFailed = true;
  }

  /** Waits for a response. @throws if none comes */
  #next(): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("NATS does not respond to a batch of events")), requestTimeoutMs);
      this.#wake = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }
}
