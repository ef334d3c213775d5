import {
  DiscardPolicy,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  nanos,
  StorageType,
  type StreamConfig,
} from "nats";
import { requestTimeoutMs } from "./connection.ts";

/** A stream, and what it keeps. */
export interface StreamName {
  /** `orders_v1` */
  readonly stream: string;
  /** Any subject that it keeps: `orders.v1.order_placed`. */
  readonly subject: string;
}

/** How much a stream may keep. */
export interface StreamLimits {
  /** NATS sets that much of its disk aside; default: 256 MiB. Above it, publishing fails and the outbox waits. */
  readonly maxBytes?: number;
  /** On how many servers of a cluster; default: 1. Production: 3. */
  readonly replicas?: number;
}

/** The stream of the events that nobody could handle. */
export const deadLetterStream = "dead_letters";

const dayMs = 24 * 60 * 60_000;

/** Creates a stream unless it is there; how it is set up then is left as it is, so that operators may change it. */
export async function ensureStream(connection: NatsConnection, name: StreamName, limits: StreamLimits): Promise<void> {
  const manager = await managerOf(connection);
  await manager.streams.add(configOf(name, limits)).catch(async (error: unknown) => {
    // It is there with other limits.
    if (!(await exists(manager, name.stream))) throw error;
  });
}

/** JetStream's administration. Without a check: it fails while a cluster elects its leader. */
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

/** The HTTP-like code of JetStream's refusal; undefined: it is none. */
export function apiCodeOf(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.code : undefined;
}

/** What went wrong, in words: for some of JetStream's refusals the client has a number only. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error instanceof NatsError && error.api_error?.description) || error.message;
}
