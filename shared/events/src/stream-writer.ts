import { headers as createHeaders, type MsgHdrs, type NatsConnection } from "nats";
import type { Bus } from "./bus.ts";
import { requestTimeoutMs } from "./connection-options.ts";
import { storeBatch } from "./fast-batch.ts";
import type { StreamName, Streams } from "./streams.ts";

/** A message for a stream of NATS. */
export interface StreamMessage extends StreamName {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/** Stores messages in streams. */
export interface StreamWriter {
  /**
   * Stores a message in its stream, once for each id within 10 minutes. Creates the stream if it is missing.
   *
   * @throws if NATS is unreachable, does not respond within 2 s, or rejects the message: retry with the same id
   */
  write(id: string, message: StreamMessage): Promise<void>;

  /**
   * Stores messages of one stream in their order, faster than one by one. Returns how many of the first are stored: fewer than all if
   * NATS rejects one, and 0 if it takes no batches.
   *
   * @throws if NATS is unreachable or does not respond within 2 s
   */
  writeBatch?(messages: readonly IdentifiedMessage[]): Promise<number>;
}

/** A message with the id under which it is stored once. */
export interface IdentifiedMessage extends StreamMessage {
  readonly id: string;
}

/** Stores messages in streams over a bus. */
export class BusStreamWriter implements StreamWriter {
  readonly close: () => void;
  readonly #bus: Bus;
  /** The streams that it wrote to. */
  readonly written = new Set<string>();
  readonly #streams: Streams;
  readonly #ensured = new Map<string, Promise<void>>();
  /** The streams that take no batches. */
  readonly #single = new Set<string>();

  constructor(bus: Bus, streams: Streams) {
    this.#bus = bus;
    this.#streams = streams;
    // Streams may be lost in an outage.
    this.close = bus.onChange(() => {
      this.#ensured.clear();
      this.#single.clear();
    });
  }

  async write(id: string, message: StreamMessage): Promise<void> {
    const { stream, subject, payload } = message;
    await this.#with(message, async (connection) => {
      const options = { msgID: id, headers: headersOf(message), timeout: requestTimeoutMs };
      await connection.jetstream().publish(subject, payload, { ...options, expect: { streamName: stream } });
    });
  }

  async writeBatch(messages: readonly IdentifiedMessage[]): Promise<number> {
    const [first] = messages;
    if (!first || this.#single.has(first.stream)) return 0;
    return this.#with(first, async (connection) => {
      const batch = messages.map((message) => {
        const headers = headersOf(message);
        headers.set("Nats-Msg-Id", message.id);
        headers.set("Nats-Expected-Stream", message.stream);
        return { subject: message.subject, payload: message.payload, headers };
      });
      const { stored, isSupported } = await storeBatch(connection, this.#bus.inbox(), batch);
      if (!isSupported) this.#single.add(first.stream);
      return stored;
    });
  }

  /** Runs work with a connection to NATS, once the stream exists. */
  async #with<R>({ stream, subject }: StreamName, work: (connection: NatsConnection) => Promise<R>): Promise<R> {
    const connection = this.#bus.current();
    if (!connection) throw new Error("NATS is unreachable");
    try {
      const ensured = this.#ensured.get(stream) ?? this.#streams.ensure(connection, { stream, subject });
      this.written.add(stream);
      this.#ensured.set(stream, ensured);
      await ensured;
      return await work(connection);
    } catch (error) {
      this.#ensured.delete(stream);
      throw error;
    }
  }
}

function headersOf({ headers }: StreamMessage): MsgHdrs {
  const natsHeaders = createHeaders();
  for (const [name, value] of Object.entries(headers)) natsHeaders.set(name, value);
  return natsHeaders;
}
