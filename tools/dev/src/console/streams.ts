import type { ConnectionOptions, ConsumerInfo, JetStreamManager, NatsConnection, StreamInfo } from "nats";
import type { ConsumerRow, DeadLetterRow, StreamList, StreamRow } from "./shapes.ts";

/** The stream of dead letters, which `@mesh/events` writes. */
const deadLetterStream = "dead_letters";
/** The number of dead letters that are shown. */
const maxDeadLetters = 50;
const maxPayload = 2_000;
/** An unused connection is closed after this time. */
const idleMs = 15_000;

/** Reads the streams of a NATS server. Connects when it is asked, and closes the connection when it is idle. */
export class StreamReader {
  readonly #url: string;
  #connecting: Promise<NatsConnection> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param url that of an account which may read all streams; several servers are separated by commas */
  constructor(url: string) {
    this.#url = url;
  }

  /** Returns the streams by name, those of buckets last, and the latest dead letters. @throws Error if NATS is lost */
  async read(): Promise<StreamList> {
    clearTimeout(this.#timer);
    try {
      const connection = await this.#connection();
      const manager = await connection.jetstreamManager({ timeout: 3_000 });
      const infos = await allOf(manager.streams.list());
      const streams = await Promise.all(infos.map((info) => rowOf(manager, info)));
      streams.sort((one, other) => Number(one.isBucket) - Number(other.isBucket) || one.name.localeCompare(other.name));
      return { streams, deadLetters: await deadLettersIn(manager, infos) };
    } finally {
      this.#timer = setTimeout(() => void this.close(), idleMs).unref();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const connecting = this.#connecting;
    this.#connecting = undefined;
    await (await connecting?.catch(() => undefined))?.close();
  }

  #connection(): Promise<NatsConnection> {
    this.#connecting ??= connect(this.#url).catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }
}

async function connect(url: string): Promise<NatsConnection> {
  // Loaded late: a start does not wait for it, and most don't use it.
  const nats = await import("nats");
  return nats.connect(optionsOf(url));
}

function optionsOf(url: string): ConnectionOptions {
  const servers = url.split(",").map((server) => new URL(server.trim()));
  const [{ username, password } = { username: "", password: "" }] = servers;
  return {
    servers: servers.map(({ host }) => host),
    ...(username && password && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    ...(username && !password && { token: decodeURIComponent(username) }),
    ...(servers.some(({ protocol }) => protocol === "tls:") && { tls: {} }),
    timeout: 3_000,
    name: "console",
  };
}

/** The client lists page by page. */
async function allOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of pages) all.push(one);
  return all;
}

async function rowOf(manager: JetStreamManager, { config, state }: StreamInfo): Promise<StreamRow> {
  const consumers = (await allOf(manager.consumers.list(config.name))).map(consumerOf);
  return {
    name: config.name,
    subjects: config.subjects ?? [],
    messages: state.messages,
    bytes: state.bytes,
    maxBytes: config.max_bytes > 0 ? config.max_bytes : null,
    lastAt: state.messages > 0 ? String(state.last_ts) : null,
    consumers: consumers.sort((one, other) => one.name.localeCompare(other.name)),
    isBucket: /^(KV|OBJ)_/.test(config.name),
  };
}

function consumerOf({ name, config, num_pending, num_ack_pending, num_redelivered }: ConsumerInfo): ConsumerRow {
  const subjects = config.filter_subjects ?? [config.filter_subject ?? ""].filter(Boolean);
  return { name, subjects, lag: num_pending, pending: num_ack_pending, redelivered: num_redelivered };
}

/** Returns the latest dead letters, the last one first. */
async function deadLettersIn(manager: JetStreamManager, infos: readonly StreamInfo[]): Promise<DeadLetterRow[]> {
  const { first_seq, last_seq, messages } = infos.find(({ config }) => config.name === deadLetterStream)?.state ?? {};
  if (!first_seq || !last_seq || !messages) return [];
  const from = Math.max(first_seq, last_seq - maxDeadLetters + 1);
  const sequences = Array.from({ length: last_seq - from + 1 }, (_, index) => last_seq - index);
  const letters = await Promise.all(
    // One that was removed in between, or is removed now, is left out.
    sequences.map((seq) => manager.streams.getMessage(deadLetterStream, { seq }).catch(() => undefined)),
  );
  return letters.flatMap((letter) => {
    if (!letter) return [];
    const header = (name: string) => letter.header.get(name);
    return {
      sequence: letter.seq,
      id: header("mesh-event-id"),
      subject: letter.subject.replace(/^dead_letters\.[^.]+\./, ""),
      consumer: header("mesh-dead-letter-consumer"),
      reason: header("mesh-dead-letter-reason"),
      deliveries: header("mesh-dead-letter-deliveries"),
      traceId: /^00-([\da-f]{32})-/.exec(header("traceparent"))?.[1] ?? null,
      at: letter.time.toISOString(),
      payload: letter.string().slice(0, maxPayload),
    };
  });
}
