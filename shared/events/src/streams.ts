import type { Logger } from "@mesh/runtime";
import {
  DiscardPolicy,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  nanos,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from "nats";
import { requestTimeoutMs } from "./connection-options.ts";

/** The name of a stream and a subject that it keeps. */
export interface StreamName {
  /** `orders_v1` */
  readonly stream: string;
  /** Any subject that the stream keeps: `orders.v1.order_placed`. */
  readonly subject: string;
}

/**
 * Limits of the streams. An existing stream gets a limit that is given here. Of the defaults it gets only those that are
 * higher than its own, because an operator may have raised them.
 */
export interface StreamLimits {
  /** NATS reserves that much of its disk. Above it, NATS rejects events and they wait in the outbox. Default: 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** NATS deletes older events, in milliseconds. Default: 7 days. Dead letters are kept for 30 days. */
  readonly maxAgeMs?: number | undefined;
  /** The number of servers of a cluster that keep the stream. Default: `defaultReplicas`. */
  readonly replicas?: number | undefined;
  /** Default: 1. Use 3 in production. */
  readonly defaultReplicas?: number | undefined;
}

/** The stream of the events that could not be handled. */
export const deadLetterStream = "dead_letters";

const dayMs = 24 * 60 * 60_000;

/** The time for which a stream keeps events by default, in milliseconds. */
export const defaultMaxAgeMs = 7 * dayMs;

/** Creates the streams of a service and gives existing ones their limits. */
export class Streams {
  readonly #limits: StreamLimits;
  readonly #log: Logger;
  /** What NATS rejected, by stream, so that it is logged once. */
  readonly #rejected = new Map<string, string>();

  constructor(limits: StreamLimits, log: Logger) {
    this.#limits = limits;
    this.#log = log;
  }

  /** Creates a stream, or gives an existing one the limits. */
  async ensure(connection: NatsConnection, name: StreamName): Promise<void> {
    const manager = await managerOf(connection);
    const info = await find(manager, name.stream);
    if (info) await this.reconcile(manager, info.config);
    else await create(manager, configOf(name, this.#limits));
  }

  /** Gives a stream the limits, if it has others. If NATS rejects them, logs that and leaves the stream as it is. */
  async reconcile(manager: JetStreamManager, config: StreamConfig): Promise<void> {
    const changes = changesOf(config, this.#limits);
    if (Object.keys(changes).length === 0) return;
    const of = { stream: config.name, ...changes };
    try {
      await manager.streams.update(config.name, { ...config, ...changes });
      this.#log.info(of, "changed the limits of a stream");
    } catch (error) {
      if (apiCodeOf(error) === undefined) throw error;
      const reason = reasonOf(error);
      if (this.#rejected.get(config.name) === reason) return;
      this.#rejected.set(config.name, reason);
      this.#log.warn({ ...of, reason }, "a stream keeps its limits: NATS rejected those of the settings");
    }
  }
}

/** Returns JetStream's management client, without its check, which fails while a cluster elects its leader. */
export function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  return connection.jetstreamManager({ checkAPI: false, timeout: requestTimeoutMs });
}

async function find(manager: JetStreamManager, stream: string): Promise<StreamInfo | undefined> {
  return manager.streams.info(stream).catch((error: unknown) => {
    if (apiCodeOf(error) === 404) return undefined;
    throw error;
  });
}

async function create(manager: JetStreamManager, config: Partial<StreamConfig>): Promise<void> {
  await manager.streams.add(config).catch(async (error: unknown) => {
    // Another process created it meanwhile, with other limits.
    if (!(await find(manager, config.name ?? ""))) throw error;
  });
}

function configOf({ stream, subject }: StreamName, limits: StreamLimits): Partial<StreamConfig> {
  const isDeadLetters = stream === deadLetterStream;
  const wanted = wantedOf(stream, limits);
  return {
    ...wanted,
    name: stream,
    // A subject is its package and one word, so streams of packages within packages do not overlap.
    subjects: [isDeadLetters ? `${stream}.>` : subject.replace(/[^.]+$/, "*")],
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    // NATS takes no window that is longer than the age.
    duplicate_window: Math.min(nanos(10 * 60_000), wanted.max_age),
  };
}

type Limits = Pick<StreamConfig, "max_bytes" | "max_age" | "num_replicas">;

function wantedOf(stream: string, { maxBytes, maxAgeMs, replicas, defaultReplicas }: StreamLimits): Limits {
  return {
    max_bytes: maxBytes ?? 1024 * 1024 * 1024,
    max_age: nanos(stream === deadLetterStream ? 30 * dayMs : (maxAgeMs ?? defaultMaxAgeMs)),
    num_replicas: replicas ?? defaultReplicas ?? 1,
  };
}

/** Returns the limits that a stream has to get. */
function changesOf(config: StreamConfig, limits: StreamLimits): Partial<StreamConfig> {
  const wanted = wantedOf(config.name, limits);
  const isGiven = {
    max_bytes: limits.maxBytes !== undefined,
    max_age: limits.maxAgeMs !== undefined,
    num_replicas: limits.replicas !== undefined,
  };
  const names = ["max_bytes", "max_age", "num_replicas"] as const;
  const changed = names.filter((name) => {
    // 0 and less: no limit.
    const own = config[name] > 0 ? config[name] : Number.POSITIVE_INFINITY;
    return isGiven[name] ? config[name] !== wanted[name] : own < wanted[name];
  });
  const changes: Partial<StreamConfig> = Object.fromEntries(changed.map((name) => [name, wanted[name]]));
  const { max_age } = changes;
  return max_age && max_age < config.duplicate_window ? { ...changes, duplicate_window: max_age } : changes;
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
