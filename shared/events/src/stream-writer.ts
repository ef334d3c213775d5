import type { Schema } from "@mesh/store";
import { headers as createHeaders, type MsgHdrs, type NatsConnection } from "nats";
import type { Bus } from "./bus.ts";
import { requestTimeoutMs } from "./connection-options.ts";
import { storeBatch } from "./fast-batch.ts";
import type { LostEvents } from "./lost-events.ts";
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
   * @returns its sequence in the stream
   * @throws if NATS is unreachable, does not respond within 2 s, or rejects the message: retry with the same id
   */
  write(id: string, message: StreamMessage): Promise<Stored>;

  /**
   * Stores messages of one stream in their order, faster than one by one. Returns how many of the first are stored: fewer than all if
   * NATS rejects one, and 0 if it takes no batches.
   *
   * @throws if NATS is unreachable or does not respond within 2 s
   */
  writeBatch?(messages: readonly IdentifiedMessage[]): Promise<StoredBatch>;
}

/** The place of a message that is stored. */
export interface Stored {
  readonly sequence: number;
  /** Whether it was not stored before. */
  readonly isNew: boolean;
}

/** The first messages of a batch, which are stored. */
export interface StoredBatch {
  /** Their number. */
  readonly stored: number;
  /** The sequence of the first that is new, or an earlier one. 0: it is not known. */
  readonly first: number;
  /** The sequence of the last of them, or a later one. */
  readonly last: number;
}

/** The result of a batch of which nothing is stored. */
export const noneStored: StoredBatch = { stored: 0, first: 0, last: 0 };

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
  readonly #lost: Pick<LostEvents<Schema>, "check" | "mayCreate"> | undefined;
  readonly #ensured = new Map<string, Promise<void>>();
  /** The streams that take no batches. */
  readonly #single = new Set<string>();

  /** @param lost ends writes to streams that may have lost events */
  constructor(bus: Bus, streams: Streams, lost?: Pick<LostEvents<Schema>, "check" | "mayCreate">) {
    this.#bus = bus;
    this.#streams = streams;
    this.#lost = lost;
    // Streams may be lost in an outage.
    this.close = bus.onChange(() => {
      this.#ensured.clear();
      this.#single.clear();
    });
  }

  async write(id: string, message: StreamMessage): Promise<Stored> {
    const { stream, subject, payload } = message;
    return this.#with(message, async (connection) => {
      const options = { msgID: id, headers: headersOf(message), timeout: requestTimeoutMs };
      const expect = { streamName: stream };
      const { seq, duplicate } = await connection.jetstream().publish(subject, payload, { ...options, expect });
      return { sequence: seq, isNew: !duplicate };
    });
  }

  async writeBatch(messages: readonly IdentifiedMessage[]): Promise<StoredBatch> {
    const [first] = messages;
    if (!first || this.#single.has(first.stream)) return noneStored;
    return this.#with(first, async (connection) => {
      const batch = messages.map((message) => {
        const headers = headersOf(message);
        headers.set("Nats-Msg-Id", message.id);
        headers.set("Nats-Expected-Stream", message.stream);
        return { subject: message.subject, payload: message.payload, headers };
      });
      const { stored, last, isSupported } = await storeBatch(connection, this.#bus.inbox(), batch);
      if (!isSupported) this.#single.add(first.stream);
      if (last > 0 || stored === 0) return { stored, first: Math.max(0, last - stored + 1), last };
      return { stored, first: 0, last: (await this.#streams.lastOf(connection, first.stream)) ?? 0 };
    });
  }

  /** Runs work with a connection to NATS, once the stream exists. */
  async #with<R>({ stream, subject }: StreamName, work: (connection: NatsConnection) => Promise<R>): Promise<R> {
    const connection = this.#bus.current();
    if (!connection) throw new Error("NATS is unreachable");
    this.#lost?.check(stream);
    try {
      const ensured = this.#ensured.get(stream) ?? this.#ensure(connection, { stream, subject });
      this.written.add(stream);
      this.#ensured.set(stream, ensured);
      await ensured;
      this.#lost?.check(stream);
      return await work(connection);
    } catch (error) {
      this.#ensured.delete(stream);
      throw error;
    }
  }

  #ensure(connection: NatsConnection, name: StreamName): Promise<void> {
    return this.#streams.ensure(connection, name, () => this.#lost?.mayCreate(name.stream) ?? true);
  }
}

function headersOf({ headers }: StreamMessage): MsgHdrs {
  const natsHeaders = createHeaders();
  for (const [name, value] of Object.entries(headers)) natsHeaders.set(name, value);
  return natsHeaders;
}
