import { MeshError } from "@mesh/contracts";
import type { NatsConnection } from "nats";
import type { Bus } from "../bus.ts";
import { resetsOf } from "../stream-resets.ts";
import { managerOf } from "../streams.ts";
import type { EntryReader, FeedEntry, FeedSource } from "./entry.ts";
import type { Position } from "./position.ts";
import { readPage } from "./read-page.ts";
import type { ResetReason } from "./subscriber.ts";
import { unavailable } from "./unavailable.ts";

/** The most events that one read takes. */
const pageSize = 500;

/** A stream, as far as positions need it. */
export interface StreamState {
  /** When it was created, or had lost events, in milliseconds. */
  readonly created: number;
  /** The sequence of the first event that it has, or would have. */
  readonly first: number;
  /** The sequence of the last event that it had. */
  readonly last: number;
}

/** Some of the events after a position. */
export interface Page {
  readonly entries: readonly FeedEntry[];
  /** The sequence of the last of them that was read, valid or not. */
  readonly last: number;
  /** True if there were no more of them. */
  readonly isLast: boolean;
}

/** A part of the events after a position: some of those in memory, or of those in NATS. */
export interface Part {
  /** Those of them that the filter lets through. */
  readonly entries: readonly FeedEntry[];
  /** The position after which the next part begins. */
  readonly next: Position;
}

/** The events of a feed in NATS. */
export class StoredEvents {
  readonly #bus: Bus;
  readonly #source: FeedSource;
  readonly #reader: EntryReader;

  constructor(bus: Bus, source: FeedSource, reader: EntryReader) {
    this.#bus = bus;
    this.#source = source;
    this.#reader = reader;
  }

  /** Returns the options of a read after a position: where the events are, and an inbox of this process for them. */
  after({ sequence }: Pick<Position, "sequence">) {
    const { stream, subject } = this.#source.event;
    return { stream, subject, from: sequence + 1, inbox: this.#bus.inbox() };
  }

  /** Reads the state of the stream. @throws NatsError if there is none, or NATS does not respond */
  async state(connection: NatsConnection): Promise<StreamState> {
    const { streams } = await managerOf(connection);
    const info = await streams.info(this.#source.event.stream);
    const reset = resetsOf(info.config).at(-1)?.at ?? 0;
    const created = Math.max(Date.parse(String(info.created)), reset);
    return { created, first: info.state.first_seq, last: info.state.last_seq };
  }

  /** Reads the state of the stream. @throws MeshError UNAVAILABLE if NATS can't be read now */
  current(): Promise<StreamState> {
    return this.#read((connection) => this.state(connection));
  }

  /**
   * Reads a page of the events after a position. A reason: they can't be read, because the stream is another one or has
   * removed them.
   *
   * @throws MeshError UNAVAILABLE if NATS can't be read now
   */
  page(position: Position): Promise<Page | ResetReason> {
    return this.#read(async (connection) => {
      const { messages, isLast } = await readPage(connection, { ...this.after(position), size: pageSize });
      // A stream that is the same after the read was the same during it.
      const { created, first } = await this.state(connection);
      if (created !== position.created) return "rebuilt";
      if (position.sequence + 1 < first) return "expired";
      const entries = await Promise.all(messages.map((message) => this.#reader.read(message, created)));
      const last = messages.at(-1)?.sequence ?? position.sequence;
      return { entries: entries.filter((entry) => entry !== undefined), last, isLast };
    });
  }

  async #read<T>(read: (connection: NatsConnection) => Promise<T>): Promise<T> {
    const connection = this.#bus.current();
    if (!connection) throw unavailable("NATS is not reachable now");
    try {
      return await read(connection);
    } catch (error) {
      if (error instanceof MeshError) throw error;
      throw unavailable(`the events of ${this.#source.event.service} can't be read now`, error);
    }
  }
}
