import type { NatsConnection } from "nats";
import type { Bus } from "./bus.ts";
import { requestTimeoutMs } from "./connection.ts";
import { type Envelope, toNatsHeaders } from "./envelope.ts";
import { ensureStream, type StreamLimits, type StreamName } from "./streams.ts";

/** Puts events into their streams. */
export interface Publisher {
  /**
   * Puts one event into its stream, once for each id within 10 minutes. Creates the stream if it is missing.
   *
   * @throws where NATS can't be reached, does not answer within 2 s, or refuses: try again with the same id
   */
  publish(id: string, envelope: Omit<Envelope, "key">): Promise<void>;
  close(): void;
}

/** Publishes over a bus. */
export function createPublisher(bus: Bus, limits: StreamLimits): Publisher {
  const ensured = new Map<string, Promise<void>>();
  // What NATS has after an outage nobody knows.
  const close = bus.onChange(() => ensured.clear());

  async function ensure(connection: NatsConnection, name: StreamName): Promise<void> {
    const pending = ensured.get(name.stream) ?? ensureStream(connection, name, limits);
    ensured.set(name.stream, pending);
    await pending;
  }

  return {
    async publish(id, { stream, subject, headers, payload }) {
      const connection = bus.current();
      if (!connection) throw new Error("NATS can't be reached");
      try {
        await ensure(connection, { stream, subject });
        const options = { msgID: id, headers: toNatsHeaders(headers), timeout: requestTimeoutMs };
        await connection.jetstream().publish(subject, payload, { ...options, expect: { streamName: stream } });
      } catch (error) {
        ensured.delete(stream);
        throw error;
      }
    },
    close,
  };
}
