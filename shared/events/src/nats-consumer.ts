import { AckPolicy, type ConsumerConfig, type ConsumerMessages, DeliverPolicy, type NatsConnection, nanos } from "nats";
import { requestTimeoutMs } from "./connection-options.ts";
import { checkOwner, isOwn } from "./consumer-owner.ts";
import { apiCodeOf } from "./nats-error.ts";
import { managerOf } from "./streams.ts";

/** The most events that NATS sends after the last that is acknowledged. */
export const window = 256;

/**
 * How often NATS shows that it still delivers if it has nothing to deliver, in milliseconds. After two that are missing, the client asks again: a
 * server of a cluster that ended no longer knows that events are wanted. Default of the client: 15 s.
 */
const heartbeatMs = 1_500;

/**
 * How long NATS knows that events are wanted, in milliseconds. The client also waits about that long before it asks again while a cluster has no leader.
 */
const expiresMs = 4_000;

/** A consumer in NATS. */
export interface NatsConsumer {
  readonly stream: string;
  readonly subject: string;
  /** Its name in NATS. */
  readonly natsName: string;
  /** The first event that it gets. */
  readonly startSequence: number;
  /** See `ownerOf`. */
  readonly owner: Readonly<Record<string, string>>;
}

/** Creates a consumer anew, and returns what it gets. @throws Error if a service with another database receives from it now */
export async function consumeFrom(connection: NatsConnection, options: NatsConsumer): Promise<ConsumerMessages> {
  const { stream, natsName } = options;
  await replaceConsumer(connection, options);
  const source = await connection.jetstream({ timeout: requestTimeoutMs }).consumers.get(stream, natsName);
  const heartbeat = { expires: expiresMs, idle_heartbeat: heartbeatMs };
  return source.consume({ max_messages: window, ...heartbeat, abort_on_missing_resource: true });
}

/** Returns how far the consumer is that an earlier version left to NATS. */
export async function settledBefore(
  connection: NatsConnection,
  stream: string,
  durable: string,
  owner: Readonly<Record<string, string>>,
): Promise<number> {
  const { consumers } = await managerOf(connection);
  const info = await consumers.info(stream, durable).catch((error: unknown) => {
    if (apiCodeOf(error) === 404) return undefined;
    throw error;
  });
  return info && isOwn(info, owner) ? info.ack_floor.stream_seq : 0;
}

async function replaceConsumer(connection: NatsConnection, options: NatsConsumer): Promise<void> {
  const { stream, natsName, owner } = options;
  const { consumers } = await managerOf(connection);
  try {
    checkOwner(await consumers.info(stream, natsName), owner);
    await consumers.delete(stream, natsName);
  } catch (error) {
    if (apiCodeOf(error) !== 404) throw error;
  }
  await consumers.add(stream, configOf(options));
}

function configOf({ natsName, subject, startSequence, owner }: NatsConsumer): Partial<ConsumerConfig> {
  return {
    durable_name: natsName,
    metadata: owner,
    filter_subject: subject,
    ack_policy: AckPolicy.All,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: startSequence,
    // The holder of the lease knows what it has in hand. When it ends, another consumer begins at its place.
    ack_wait: nanos(24 * 60 * 60_000),
    max_ack_pending: window,
    max_deliver: -1,
    // The place is in the database of the service.
    mem_storage: true,
  };
}
