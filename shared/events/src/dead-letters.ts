import type { JsMsg } from "nats";
import { InvalidEvent } from "./invalid-event.ts";
import type { ReceivedEvent } from "./received-event.ts";
import type { StreamWriter } from "./stream-writer.ts";
import { deadLetterStream } from "./streams.ts";

/** An event that is delivered more often is not handled again: it may be what ends the process. */
const maxDeliveries = 20;

/**
 * Dead-letters an event after its last attempt, and immediately if it is an `InvalidEvent`. A failure because the process
 * is ending does not count.
 *
 * @example
 * ```ts
 * import { deadLetterFailures, defaultConsumerMiddleware } from "@mesh/events";
 *
 * const without = defaultConsumerMiddleware.filter((step) => step !== deadLetterFailures);
 * ```
 */
export async function deadLetterFailures(call: ReceivedEvent, next: () => Promise<unknown>): Promise<unknown> {
  const { deliveries, retryAfterMs, closing } = call;
  if (deliveries > maxDeliveries) return call.deadLetter(new Error(`delivered ${deliveries} times and never settled`));
  try {
    return await next();
  } catch (error) {
    const isLast = retryAfterMs === undefined || error instanceof InvalidEvent;
    if (closing.aborted || !isLast) throw error;
    return call.deadLetter(error);
  }
}

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
