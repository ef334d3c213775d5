import { headers as createHeaders } from "nats";
import type { Bus } from "./bus.ts";
import { requestTimeoutMs } from "./connection-options.ts";
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
}

/** Stores messages in streams over a bus. */
export class BusStreamWriter implements StreamWriter {
  readonly close: () => void;
  readonly #bus: Bus;
  /** The streams that it wrote to. */
  readonly written = new Set<string>();
  readonly #streams: Streams;
  readonly #ensured = new Map<string, Promise<void>>();

  constructor(bus: Bus, streams: Streams) {
    this.#bus = bus;
    this.#streams = streams;
    // Streams may be lost in an outage.
    this.close = bus.onChange(() => this.#ensured.clear());
  }

  async write(id: string, { stream, subject, headers, payload }: StreamMessage): Promise<void> {
    const connection = this.#bus.current();
    if (!connection) throw new Error("NATS is unreachable");
    try {
      const ensured = this.#ensured.get(stream) ?? this.#streams.ensure(connection, { stream, subject });
      this.written.add(stream);
      this.#ensured.set(stream, ensured);
      await ensured;
      const natsHeaders = createHeaders();
      for (const [name, value] of Object.entries(headers)) natsHeaders.set(name, value);
      const options = { msgID: id, headers: natsHeaders, timeout: requestTimeoutMs, expect: { streamName: stream } };
      await connection.jetstream().publish(subject, payload, options);
    } catch (error) {
      this.#ensured.delete(stream);
      throw error;
    }
  }
}
