import type { Delivery } from "./delivery.ts";
import { deadLetterStream } from "./stream-limits.ts";
import type { outbox } from "./tables.ts";

/** The reason for a dead letter. */
export interface DeadLetter {
  /** The slug of the service. */
  readonly service: string;
  readonly reason: unknown;
}

/** The header with the reason for a dead letter. */
export const reasonHeader = "mesh-dead-letter-reason";

/**
 * Returns the row of the outbox that puts a copy of an event into the stream `dead_letters`, unchanged, under
 * `dead_letters.<service>.<subject>`.
 */
export function deadLetterRow(delivery: Delivery, { service, reason }: DeadLetter): typeof outbox.$inferInsert {
  const { consumer, id, key, attempt, source } = delivery;
  const text = reason instanceof Error ? reason.message : String(reason);
  const headers = {
    ...source.headers,
    // PostgreSQL stores no U+0000 in JSON.
    [reasonHeader]: text.replaceAll(/[\s\0]+/g, " ").slice(0, 500),
    "mesh-dead-letter-consumer": consumer,
    "mesh-dead-letter-deliveries": String(attempt),
    "mesh-event-id": id,
  };
  const subject = `${deadLetterStream}.${service}.${source.subject}`;
  return { stream: deadLetterStream, subject, key, headers, payload: source.payload };
}
