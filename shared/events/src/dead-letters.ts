import type { JsMsg } from "nats";
import type { StreamWriter } from "./stream-writer.ts";
import { deadLetterStream } from "./streams.ts";

/** The reason for a dead letter. */
export interface DeadLetter {
  /** The slug of the service. */
  readonly service: string;
  /** The name of the durable consumer. */
  readonly consumer: string;
  readonly id: string;
  readonly error: unknown;
}

/** The header with the reason for a dead letter. */
export const reasonHeader = "mesh-dead-letter-reason";

/**
 * Puts an event into the stream `dead_letters`, unchanged, under `dead_letters.<service>.<subject>`.
 *
 * @throws if NATS does not store it: the event must not be acknowledged then
 */
export async function writeDeadLetter(message: JsMsg, letter: DeadLetter, writer: StreamWriter): Promise<void> {
  const { service, consumer, id, error } = letter;
  const reason = error instanceof Error ? error.message : String(error);
  const headers = {
    ...originalHeaders(message),
    [reasonHeader]: reason.replaceAll(/\s+/g, " ").slice(0, 500),
    "mesh-dead-letter-consumer": consumer,
    "mesh-dead-letter-deliveries": String(message.info.deliveryCount),
    "mesh-event-id": id,
  };
  const subject = `${deadLetterStream}.${service}.${message.subject}`;
  // Two consumers may dead-letter the same event: each has its own letter.
  await writer.write(`${consumer}/${id}`, { stream: deadLetterStream, subject, headers, payload: message.data });
}

/** Returns all headers except those for NATS itself, such as the expected stream. */
function originalHeaders({ headers }: JsMsg): Record<string, string> {
  const names = (headers?.keys() ?? []).filter((name) => !name.toLowerCase().startsWith("nats-"));
  return Object.fromEntries(names.map((name) => [name, headers?.get(name) ?? ""]));
}
