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
  /**
   * The number of replicas that streams have without `replicas`. `service()` gives 3 with `NODE_ENV=production`. Streams of
   * smaller clusters get 1, with a warning. Default: 1.
   */
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
  /** The streams and what NATS rejected of them, so that it is logged once. */
  readonly #rejected = new Set<string>();

  constructor(limits: StreamLimits, log: Logger) {
    this.#limits = limits;
    this.#log = log;
  }

  /** Creates a stream, or gives an existing one the limits. */
  async ensure(connection: NatsConnection, name: StreamName): Promise<void> {
    const manager = await managerOf(connection);
    const info = await find(manager, name.stream);
    const takesBatches = hasBatches(connection);
    if (info) await this.reconcile(manager, info, takesBatches);
    else await this.#create(manager, { ...configOf(name, this.#limits), ...(takesBatches && batches) });
  }

  /** Gives a stream the limits, if it has others. If NATS rejects them, logs that and leaves the stream as it is. */
  async reconcile(manager: JetStreamManager, { config, cluster }: StreamInfo, takesBatches = false): Promise<void> {
    const stream = config.name;
    const { replicas = 1 } = this.#limits;
    // Without a cluster, NATS accepts more replicas for an existing stream, and at its next start it ignores that stream.
    const isSingle = cluster?.name === undefined;
    if (isSingle && replicas > 1) this.#reject({ stream, num_replicas: replicas }, "non-clustered mode has 1 replica");
    const changes = {
      ...changesOf(config, isSingle ? { ...this.#limits, replicas: 1 } : this.#limits),
      ...(takesBatches && !("allow_batched" in config) && batches),
    };
    if (Object.keys(changes).length === 0) return;
    try {
      await manager.streams.update(stream, { ...config, ...changes });
      this.#log.info({ stream, ...changes }, "changed the limits of a stream");
    } catch (error) {
      if (apiCodeOf(error) === undefined) throw error;
      this.#reject({ stream, ...changes }, reasonOf(error));
    }
  }

  /** Leaves out the defaults that NATS rejects: without a stream, no event is sent. */
  async #create(manager: JetStreamManager, config: Partial<StreamConfig>): Promise<void> {
    const stream = config.name ?? "";
    try {
      await manager.streams.add(config);
    } catch (error) {
      // Another process created it meanwhile, with other limits.
      if (await find(manager, stream)) return;
      const fallback = fallbackOf(config, this.#limits, error);
      if (!fallback) throw error;
      const { advice, ...changes } = fallback;
      const message = `a stream is created without a default that NATS rejected: ${advice}`;
      this.#log.warn({ stream, ...changes, reason: reasonOf(error) }, message);
      await this.#create(manager, { ...config, ...changes });
    }
  }

  #reject(of: { readonly stream: string } & Partial<Limits>, reason: string): void {
    const name = `${of.stream}: ${reason}`;
    if (this.#rejected.has(name)) return;
    this.#rejected.add(name);
    this.#log.warn({ ...of, reason }, "a stream keeps its limits: NATS rejected those of the settings");
  }
}

/** Has a stream take batches of messages, which the types of the client do not know. */
const batches: object = { allow_batched: true };

/** Returns whether the server knows batches: NATS does from 2.14 on. */
function hasBatches({ info }: NatsConnection): boolean {
  const [major = 0, minor = 0] = (info?.version ?? "").split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 14);
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

/** Codes of JetStream for a size that does not fit: the disk, the account, and the largest stream of the account. */
const sizeErrors = [10023, 10047, 10002, 10052];
/** A server without a cluster. */
const notClustered = 10074;
/** The servers of a cluster are too few, or have too little space. */
const noPeers = 10005;

/** Returns a default that NATS may take instead of the one that it rejected; undefined: there is none. */
function fallbackOf(
  { num_replicas = 1, max_bytes = -1 }: Partial<StreamConfig>,
  { replicas, maxBytes }: StreamLimits,
  error: unknown,
): (Partial<Limits> & { readonly advice: string }) | undefined {
  const code = error instanceof NatsError ? (error.api_error?.err_code ?? 0) : 0;
  const isSize = sizeErrors.includes(code) || (code === noPeers && reasonOf(error).includes("storage"));
  if (isSize && maxBytes === undefined && max_bytes > 0) {
    return { max_bytes: -1, advice: "it may fill the disk of NATS; set STREAM_MAX_BYTES to a size that fits" };
  }
  const isReplicas = code === notClustered || (code === noPeers && !isSize);
  if (isReplicas && replicas === undefined && num_replicas > 1) {
    return { num_replicas: 1, advice: "one server keeps its events; set STREAM_REPLICAS to 1, or use a cluster of 3" };
  }
  return undefined;
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
