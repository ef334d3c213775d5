import type { JsMsg } from "nats";
import type { Publisher } from "./publisher.ts";
import { deadLetterStream } from "./streams.ts";

/** Why an event is set aside. */
export interface Verdict {
  readonly service: string;
  /** The durable consumer. */
  readonly consumer: string;
  readonly id: string;
  readonly reason: string;
}

/** The header that says why an event was set aside. */
export const reasonHeader = "mesh-dead-letter-reason";

/**
 * Puts an event into the stream `dead_letters`, as it came, under `dead_letters.<service>.<subject>`.
 *
 * @throws where NATS does not take it: the event must stay where it is then
 */
export async function setAside(message: JsMsg, verdict: Verdict, publisher: Publisher): Promise<void> {
  const { service, consumer, id, reason } = verdict;
  const headers = {
    ...originalHeaders(message),
    [reasonHeader]: reason.replaceAll(/\s+/g, " ").slice(0, 500),
    "mesh-dead-letter-consumer": consumer,
    "mesh-dead-letter-deliveries": String(message.info.deliveryCount),
    "mesh-event-id": id,
  };
  const subject = `${deadLetterStream}.${service}.${message.subject}`;
  // Two consumers may set the same event aside: each has its own letter.
  await publisher.publish(`${consumer}/${id}`, { stream: deadLetterStream, subject, headers, payload: message.data });
}

/** All but those that speak to NATS itself, such as the stream it was expected in. */
function originalHeaders({ headers }: JsMsg): Record<string, string> {
  const names = (headers?.keys() ?? []).filter((name) => !name.toLowerCase().startsWith("nats-"));
  return Object.fromEntries(names.map((name) => [name, headers?.get(name) ?? ""]));
}
