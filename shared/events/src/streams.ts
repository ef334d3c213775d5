import type { Logger } from "@mesh/runtime";
import {
  DiscardPolicy,
  type JetStreamManager,
  type NatsConnection,
  nanos,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from "nats";
import { requestTimeoutMs } from "./connection-options.ts";
import { apiCodeOf, reasonOf } from "./nats-error.ts";
import { driftOf } from "./stream-drift.ts";
import { changesOf, deadLetterStream, fallbackOf, type Limits, type StreamLimits, wantedOf } from "./stream-limits.ts";
import { withReset } from "./stream-resets.ts";

/** The name of a stream and a subject that it keeps. */
export interface StreamName {
  /** `orders_v1` */
  readonly stream: string;
  /** Any subject that the stream keeps: `orders.v1.order_placed`. */
  readonly subject: string;
}

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

  /**
   * Creates a stream, or gives an existing one the limits.
   *
   * @param mayCreate returns false if the stream must not be created: then it fails
   */
  async ensure(connection: NatsConnection, name: StreamName, mayCreate = () => true): Promise<void> {
    const manager = await managerOf(connection);
    const info = await find(manager, name.stream);
    const takesBatches = hasBatches(connection);
    if (info) {
      checkSubjects(info.config, name);
      return this.reconcile(manager, info, takesBatches);
    }
    if (!mayCreate()) throw new Error(`the stream ${name.stream} was deleted`);
    await this.#create(manager, { ...configOf(name, this.#limits), ...(takesBatches && batches) });
  }

  /** Returns the last sequence of a stream; undefined: there is no such stream. */
  async lastOf(connection: NatsConnection, stream: string): Promise<number | undefined> {
    return (await find(await managerOf(connection), stream))?.state.last_seq;
  }

  /** Has consumers whose places in a stream are after a sequence begin there again. */
  async addReset(connection: NatsConnection, stream: string, end: number): Promise<void> {
    const manager = await managerOf(connection);
    const { config } = await manager.streams.info(stream);
    await manager.streams.update(stream, withReset(config, { at: Date.now(), end }));
  }

  /** Gives a stream the limits, if it has others. If NATS rejects them, logs that and leaves the stream as it is. */
  async reconcile(manager: JetStreamManager, { config, cluster }: StreamInfo, takesBatches = false): Promise<void> {
    const stream = config.name;
    const { replicas = 1 } = this.#limits;
    if (!cluster?.name && replicas > 1)
      this.#reject({ stream, num_replicas: replicas }, "non-clustered mode has 1 replica");
    const changes = {
      ...changesOf(config, this.#limitsOn(cluster)),
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

  /** Returns how a stream differs from the contract and the limits. */
  driftOf({ config, cluster }: StreamInfo): string[] {
    return driftOf(config, this.#limitsOn(cluster));
  }

  /** Without a cluster, NATS accepts more replicas for an existing stream, and at its next start it ignores that stream. */
  #limitsOn(cluster: StreamInfo["cluster"]): StreamLimits {
    return cluster?.name ? this.#limits : { ...this.#limits, replicas: 1 };
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
  const wanted = wantedOf(stream, limits);
  return {
    ...wanted,
    name: stream,
    subjects: [subjectsOf({ stream, subject })],
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    // NATS takes no window that is longer than the age.
    duplicate_window: Math.min(nanos(10 * 60_000), wanted.max_age),
  };
}

/** A subject is its package and one word, so streams of packages within packages do not overlap. */
function subjectsOf({ stream, subject }: StreamName): string {
  return stream === deadLetterStream ? `${stream}.>` : subject.replace(/[^.]+$/, "*");
}

/** @throws Error if a stream keeps other subjects: it was made by hand, or by another program */
function checkSubjects({ name, subjects = [] }: StreamConfig, wanted: StreamName): void {
  const isKept = subjects.some((pattern) => {
    const words = pattern.split(".");
    const own = wanted.subject.split(".");
    const isEnd = words.at(-1) === ">" && own.length >= words.length;
    return (isEnd || own.length === words.length) && words.every((word, at) => ["*", ">", own[at]].includes(word));
  });
  if (isKept) return;
  throw new Error(
    `the stream ${name} keeps ${subjects.join(", ")} instead of ${subjectsOf(wanted)}: change its subjects`,
  );
}
