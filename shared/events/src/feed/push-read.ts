import { randomUUID } from "node:crypto";
import { AckPolicy, type ConsumerConfig, DeliverPolicy, type Msg, type NatsConnection, nanos } from "nats";
import { placeOf } from "../stream-place.ts";
import { managerOf } from "../streams.ts";

/** The interval at which NATS sends something to a reader, in milliseconds. */
const heartbeatMs = 2_000;

/** The time of silence after which a reader is lost, in milliseconds. */
const silenceMs = 3 * heartbeatMs;

/** The time after which NATS removes a consumer without a reader, in milliseconds. */
const forgottenMs = 10_000;

/** A message as it is in its stream. */
export interface StoredMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly sequence: number;
  /** Returns a header; undefined: there is none. */
  header(name: string): string | undefined;
}

/** Options of a read. */
export interface PushReadOptions {
  readonly stream: string;
  readonly subject: string;
  /** The subject to which NATS sends the messages: an inbox of this process. */
  readonly inbox: string;
  /** The first sequence. */
  readonly from: number;
  /**
   * Gets each message, in order, and the number of those that NATS has after it. If it returns promises that resolve in order,
   * NATS sends only as many messages ahead as its flow control lets it: up to 32 MiB.
   */
  readonly onMessage: (message: StoredMessage, pending: number) => Promise<void> | void;
  /** Called once if the messages no longer come, or come out of order. Read again after the last one then. */
  readonly onLost: (reason: string) => void;
}

/** A read that goes on. */
export interface PushRead {
  /** The number of messages that were in the stream when the read began. */
  readonly pending: number;
  end(): void;
}

/**
 * Reads the messages of a subject in order, each once, from an ephemeral consumer of NATS that pushes. It does not pull, because
 * a process that may pull from one consumer of a stream could take messages from the others.
 *
 * @throws NatsError if there is no such stream, or NATS rejects the consumer
 */
export async function openPushRead(connection: NatsConnection, options: PushReadOptions): Promise<PushRead> {
  const { stream, subject, inbox, from } = options;
  const receiver = new PushReceiver(options, (reply) => connection.isClosed() || connection.publish(reply));
  const subscription = connection.subscribe(inbox, {
    callback(error, message) {
      if (error) receiver.lose(String(error));
      else receiver.receive(message);
    },
  });
  receiver.onEnd = () => subscription.unsubscribe();
  try {
    const { consumers } = await managerOf(connection);
    const { num_pending } = await consumers.add(stream, configOf(subject, inbox, from));
    return { pending: num_pending, end: () => receiver.end() };
  } catch (error) {
    receiver.end();
    throw error;
  }
}

function configOf(subject: string, inbox: string, from: number): Partial<ConsumerConfig> {
  return {
    name: `feed_${randomUUID().replaceAll("-", "")}`,
    filter_subject: subject,
    deliver_subject: inbox,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
    ack_policy: AckPolicy.None,
    max_deliver: 1,
    mem_storage: true,
    num_replicas: 1,
    flow_control: true,
    idle_heartbeat: nanos(heartbeatMs),
    inactive_threshold: nanos(forgottenMs),
  };
}

/** Receives what NATS pushes. Each message has the count of those that were sent, so that a lost one is noticed. */
class PushReceiver {
  readonly #options: PushReadOptions;
  readonly #reply: (subject: string) => void;
  readonly #watch: NodeJS.Timeout;
  #delivered = 0;
  /** Resolves when the last message that came has been processed. */
  #processed: Promise<void> | void = undefined;
  #heardAt = performance.now();
  #isEnded = false;
  onEnd = () => {};

  constructor(options: PushReadOptions, reply: (subject: string) => void) {
    this.#options = options;
    this.#reply = reply;
    this.#watch = setInterval(() => this.#checkSilence(), heartbeatMs).unref();
  }

  receive(message: Msg): void {
    if (this.#isEnded) return;
    this.#heardAt = performance.now();
    const code = message.headers?.code ?? 0;
    if (code === 100) this.#receiveControl(message);
    else if (code >= 400) this.lose(`NATS ended the read: ${message.headers?.description}`);
    else this.#receiveStored(message);
  }

  lose(reason: string): void {
    if (this.#isEnded) return;
    this.end();
    this.#options.onLost(reason);
  }

  end(): void {
    this.#isEnded = true;
    clearInterval(this.#watch);
    this.onEnd();
  }

  #receiveStored(message: Msg): void {
    const place = placeOf(message.reply ?? "");
    if (place?.delivered !== this.#delivered + 1) return void this.lose("messages were lost on the way");
    this.#delivered = place.delivered;
    this.#processed = this.#options.onMessage(storedOf(message, place.sequence), place.pending);
  }

  /** A heartbeat, or a question whether all was processed that was sent: NATS waits for the reply before it sends much more. */
  #receiveControl(message: Msg): void {
    const question = message.reply || message.headers?.get("Nats-Consumer-Stalled");
    if (question) void this.#replyOnceProcessed(question);
    const last = message.headers?.get("Nats-Last-Consumer");
    if (last && Number(last) !== this.#delivered) this.lose("messages were lost on the way");
  }

  async #replyOnceProcessed(question: string): Promise<void> {
    await this.#processed;
    if (!this.#isEnded) this.#reply(question);
  }

  #checkSilence(): void {
    if (performance.now() - this.#heardAt > silenceMs) this.lose("NATS is silent");
  }
}

function storedOf({ subject, data, headers }: Msg, sequence: number): StoredMessage {
  return { subject, data, sequence, header: (name) => headers?.get(name) || undefined };
}
