import { openLimit, repeat } from "@mesh/runtime";
import { AckPolicy, type ConsumerConfig, type ConsumerMessages, DeliverPolicy, type NatsConnection, nanos } from "nats";
import type { Bus } from "./bus.ts";
import { requestTimeoutMs } from "./connection-options.ts";
import { Receiver, type ReceiverOptions } from "./receiver.ts";
import { apiCodeOf, managerOf, reasonOf, type Streams } from "./streams.ts";
import { observeConsumer } from "./telemetry/observe-consumer.ts";

/** Options of a subscription. */
export interface SubscriptionOptions extends ReceiverOptions {
  readonly bus: Bus;
  readonly streams: Streams;
  /** Receives the reason why no events arrive, or undefined once they do. */
  readonly onState: (reason: string | undefined) => void;
}

/** The most events that NATS sends ahead of those received. */
const pullAhead = 64;

/** The longest that it takes to open a consumer, in milliseconds: several requests. */
const openTimeoutMs = 15_000;

/** Receives events from a durable consumer of NATS. Creates the consumer, again whenever it is lost. */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #receiver: Receiver;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  readonly #forget: () => void;
  #messages: ConsumerMessages | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#forget = observeConsumer(options);
    this.#receiver = new Receiver(options);
    this.#running = repeat((succeed) => this.#consume(succeed), {
      signal: this.#closing.signal,
      backoff: {},
      onFailure: (error, failures) => this.#report(error, failures),
    });
  }

  /** Receives no more events, waits for the handlers that run, and returns the other events to NATS. */
  async close(drainMs: number): Promise<void> {
    this.#closing.abort();
    this.#forget();
    const closed = this.#receiver.close(drainMs);
    await this.#messages?.close();
    await Promise.all([this.#running, closed]);
  }

  /** Receives until the connection or the consumer is lost. */
  async #consume(succeed: () => void): Promise<void> {
    const connection = await this.#options.bus.connected(this.#closing.signal);
    const messages = await this.#open(connection);
    this.#messages = messages;
    succeed();
    this.#options.onState(undefined);
    void connection.closed().then(() => messages.close());
    for await (const message of messages) this.#receiver.receive(message);
    throw new Error("the connection was closed");
  }

  /** Does not wait for a NATS that no longer responds if the subscription is closed meanwhile. */
  async #open(connection: NatsConnection): Promise<ConsumerMessages> {
    const limit = openLimit(this.#closing.signal, openTimeoutMs);
    const opening = open(connection, this.#options);
    try {
      return await limit.race(opening);
    } catch (error) {
      void opening.then((messages) => messages.close()).catch(() => {});
      throw error;
    } finally {
      limit.end();
    }
  }

  #report(error: unknown, failures: number): void {
    const { durable, log, onState } = this.#options;
    const reason = reasonOf(error);
    onState(`${durable} gets no events: ${reason}`);
    if (failures === 4) log.warn({ consumer: durable, reason }, "waiting for events");
  }
}

async function open(connection: NatsConnection, { consumer, durable, streams, ackWaitMs }: SubscriptionOptions) {
  const { stream, subject } = consumer.event;
  await streams.ensure(connection, { stream, subject });
  await ensureConsumer(connection, stream, configOf(durable, subject, ackWaitMs));
  const source = await connection.jetstream({ timeout: requestTimeoutMs }).consumers.get(stream, durable);
  return source.consume({ max_messages: pullAhead, expires: 30_000, abort_on_missing_resource: true });
}

async function ensureConsumer(connection: NatsConnection, stream: string, config: Partial<ConsumerConfig>) {
  const { consumers } = await managerOf(connection);
  await consumers.add(stream, config).catch(async (error: unknown) => {
    // An earlier version of this code created it with other settings.
    if (apiCodeOf(error) !== 400 || !config.durable_name) throw error;
    await consumers.update(stream, config.durable_name, config);
  });
}

function configOf(durable: string, subject: string, ackWaitMs: number): Partial<ConsumerConfig> {
  return {
    durable_name: durable,
    filter_subject: subject,
    ack_policy: AckPolicy.Explicit,
    // A consumer that is newer than its first events must still have them.
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: 256,
    // Attempts are counted here: if NATS counted them, an event would stay in the stream, neither handled nor dead-lettered.
    max_deliver: -1,
  };
}
