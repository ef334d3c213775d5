import {
  DiscardPolicy,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  nanos,
  StorageType,
  type StreamConfig,
} from "nats";
import { requestTimeoutMs } from "./connection-options.ts";

/** The name of a stream and a subject that it keeps. */
export interface StreamName {
  /** `orders_v1` */
  readonly stream: string;
  /** Any subject that the stream keeps: `orders.v1.order_placed`. */
  readonly subject: string;
}

/** Limits of a stream. */
export interface StreamLimits {
  /** NATS reserves that much of its disk. Default: 256 MiB. Above it, NATS rejects events and they wait in the outbox. */
  readonly maxBytes?: number;
  /** The number of servers of a cluster that keep the stream. Default: 1. Use 3 in production. */
  readonly replicas?: number;
}

/** The stream of the events that could not be handled. */
export const deadLetterStream = "dead_letters";

const dayMs = 24 * 60 * 60_000;

/** Creates a stream unless it exists. Leaves the settings of an existing one, so that operators may change them. */
export async function ensureStream(connection: NatsConnection, name: StreamName, limits: StreamLimits): Promise<void> {
  const manager = await managerOf(connection);
  await manager.streams.add(configOf(name, limits)).catch(async (error: unknown) => {
    // It exists with other limits.
    if (!(await exists(manager, name.stream))) throw error;
  });
}

/** Returns JetStream's management client, without its check, which fails while a cluster elects its leader. */
export function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  return connection.jetstreamManager({ checkAPI: false, timeout: requestTimeoutMs });
}

async function exists(manager: JetStreamManager, stream: string): Promise<boolean> {
  try {
    await manager.streams.info(stream);
    return true;
  } catch (error) {
    if (apiCodeOf(error) === 404) return false;
    throw error;
  }
}

function configOf({ stream, subject }: StreamName, limits: StreamLimits): Partial<StreamConfig> {
  const isDeadLetters = stream === deadLetterStream;
  return {
    name: stream,
    // A subject is its package and one word, so streams of packages within packages do not overlap.
    subjects: [isDeadLetters ? `${stream}.>` : subject.replace(/[^.]+$/, "*")],
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_age: nanos((isDeadLetters ? 30 : 7) * dayMs),
    max_bytes: limits.maxBytes ?? 256 * 1024 * 1024,
    duplicate_window: nanos(10 * 60_000),
    num_replicas: limits.replicas ?? 1,
  };
}

/** Returns the HTTP-like code of an error from JetStream; undefined: it is another error. */
export function apiCodeOf(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.code : undefined;
}

/** Returns the message of an error. For some errors of JetStream the client's own message is only a number. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error instanceof NatsError && error.api_error?.description) || error.message;
}
