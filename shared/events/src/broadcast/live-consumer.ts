import type { EventAddress } from "@mesh/contracts";
import { AckPolicy, type ConsumerConfig, type ConsumerInfo, DeliverPolicy, type NatsConnection, nanos } from "nats";
import { managerOf } from "../streams.ts";

/** The pause after which NATS sends a heartbeat if there is no event, in milliseconds. */
export const heartbeatMs = 2_000;

/** The time after which NATS deletes a consumer to which no process listens, in milliseconds. */
const inactiveMs = 5 * 60_000;

/** Returns the subject to which NATS sends an event for the processes of a service. */
export function liveSubject(process: string, { subject }: Pick<EventAddress, "subject">): string {
  return `mesh.live.${process}.${subject}`;
}

/**
 * Creates the consumer of an event, unless it exists. All processes of a service listen to its one consumer, so the permission
 * to create it has its exact name: a process can't change the consumers of others.
 *
 * @throws if NATS does not respond within 2 s, or has no such stream
 */
export async function ensureLiveConsumer(
  connection: NatsConnection,
  process: string,
  event: EventAddress,
): Promise<ConsumerInfo> {
  const { consumers } = await managerOf(connection);
  return consumers.add(event.stream, configOf(process, event));
}

function configOf(process: string, event: EventAddress): Partial<ConsumerConfig> {
  return {
    durable_name: `${process}_live_${event.subject.replaceAll(".", "_")}`,
    filter_subject: event.subject,
    deliver_subject: liveSubject(process, event),
    deliver_policy: DeliverPolicy.New,
    ack_policy: AckPolicy.None,
    idle_heartbeat: nanos(heartbeatMs),
    inactive_threshold: nanos(inactiveMs),
    // What is lost with the server was not for those that listen afterwards.
    mem_storage: true,
    num_replicas: 1,
  };
}
