import { NatsError, nanos, type StreamConfig } from "nats";
import { reasonOf } from "./nats-error.ts";

/**
 * Limits of the streams. An existing stream gets a limit that is given here. Of the defaults it gets only those that are
 * higher than its own, because an operator may have raised them.
 */
export interface StreamLimits {
  /** NATS reserves that much of its disk. Above it, NATS rejects events and they wait in the outbox. Default: 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** NATS deletes older events, in milliseconds. Default: 7 days. Dead letters are kept for 30 days. */
  readonly maxAgeMs?: number | undefined;
  /** NATS rejects larger events, with their headers, in bytes. Default: the limit of the NATS server, 1 MiB. */
  readonly maxMessageBytes?: number | undefined;
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

/** The limits as NATS has them. */
export type Limits = Pick<StreamConfig, "max_bytes" | "max_age" | "num_replicas" | "max_msg_size">;

/** Returns the limits of a new stream. */
export function wantedOf(stream: string, limits: StreamLimits): Limits {
  const { maxBytes, maxAgeMs, maxMessageBytes, replicas, defaultReplicas } = limits;
  return {
    max_bytes: maxBytes ?? 1024 * 1024 * 1024,
    max_age: nanos(stream === deadLetterStream ? 30 * dayMs : (maxAgeMs ?? defaultMaxAgeMs)),
    max_msg_size: maxMessageBytes ?? -1,
    num_replicas: replicas ?? defaultReplicas ?? 1,
  };
}

/** Returns the limits that a stream has to get. */
export function changesOf(config: StreamConfig, limits: StreamLimits): Partial<StreamConfig> {
  const wanted = wantedOf(config.name, limits);
  const isGiven = {
    max_bytes: limits.maxBytes !== undefined,
    max_age: limits.maxAgeMs !== undefined,
    max_msg_size: limits.maxMessageBytes !== undefined,
    num_replicas: limits.replicas !== undefined,
  };
  const names = ["max_bytes", "max_age", "max_msg_size", "num_replicas"] as const;
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
export function fallbackOf(
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
