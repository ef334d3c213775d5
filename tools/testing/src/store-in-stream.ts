import { setTimeout as sleep } from "node:timers/promises";
import { ErrorCode, type JetStreamPublishOptions, type NatsConnection, NatsError, type PubAck } from "nats";

/** The longest wait for a stream that keeps a subject, in milliseconds. */
const streamTimeoutMs = 60_000;

/**
 * Stores a message in the stream that keeps its subject, once there is one: a service is ready before its streams exist.
 *
 * @throws Error if no stream keeps the subject within 60 s
 * @throws NatsError if the stream rejects the message, such as a full one
 */
export async function storeInStream(
  connection: NatsConnection,
  subject: string,
  payload: Uint8Array | string,
  options: Partial<JetStreamPublishOptions> = {},
): Promise<PubAck> {
  const endsAt = performance.now() + streamTimeoutMs;
  for (;;) {
    try {
      return await connection.jetstream().publish(subject, payload, options);
    } catch (error) {
      if (!isNoStream(error)) throw error;
      if (performance.now() > endsAt) throw new Error(`no stream keeps ${subject}`, { cause: error });
      await sleep(50);
    }
  }
}

/** Returns true if no stream took a message. A full stream has the same code, with an error of JetStream. */
function isNoStream(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.NoResponders && !error.isJetStreamError();
}
