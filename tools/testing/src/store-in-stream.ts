import { setTimeout as sleep } from "node:timers/promises";
import { ErrorCode, type JetStreamPublishOptions, type NatsConnection, NatsError, type PubAck } from "nats";

/** The longest wait for a stream that keeps a subject, in milliseconds. */
const streamTimeoutMs = 60_000;

/**
 * Stores a message in the stream that keeps its subject, once there is one: a service is ready before its streams exist.
 *
 * A message with an id is sent again if NATS does not respond within 5 s, because the client drops what was sent while it had
 * no connection. If the stream has it already, the result is a duplicate.
 *
 * @throws Error if no stream keeps the subject within 60 s, or NATS does not respond
 * @throws NatsError if the stream rejects the message, such as a full one, or a message without an id gets no response
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
      if (!isNoStream(error) && !(isLost(error) && options.msgID)) throw error;
      if (performance.now() > endsAt) throw new Error(`no stream keeps ${subject}`, { cause: error });
      await sleep(50);
    }
  }
}

/** Returns true if no stream took a message. A full stream has the same code, with an error of JetStream. */
function isNoStream(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.NoResponders && !error.isJetStreamError();
}

/** Returns true if a message, or the response to it, was lost with its connection. */
function isLost(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.Timeout;
}
