import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs } from "@mesh/runtime";
import type { Schema } from "@mesh/store";
import { AckPolicy, type ConsumerConfig, type ConsumerMessages, DeliverPolicy, type NatsConnection, nanos } from "nats";
import { type Bus, whenConnected } from "./bus.ts";
import { requestTimeoutMs } from "./connection.ts";
import { createReceiver, defaultAckWaitMs, type ReceiverOptions } from "./receiver.ts";
import { apiCodeOf, ensureStream, managerOf, reasonOf, type StreamLimits } from "./streams.ts";

/** A consumer that runs. */
export interface RunningConsumer {
  /** Takes no more events, waits for those that run, and gives the others back. */
  close(drainMs: number): Promise<void>;
}

/** What a consumer needs to run. */
export interface ConsumeOptions<S extends Schema> extends ReceiverOptions<S> {
  readonly bus: Bus;
  readonly limits: StreamLimits;
  /** Told why no events come, or undefined where they do. */
  readonly onState: (reason: string | undefined) => void;
}

/** The most that NATS sends ahead of what was received. */
const pullAhead = 64;

/** Takes events from a durable consumer, which it creates, and again whenever it is gone. */
export function startConsumer<S extends Schema>(options: ConsumeOptions<S>): RunningConsumer {
  const { bus, durable, log, onState } = options;
  const closing = new AbortController();
  const receiver = createReceiver(options);
  let messages: ConsumerMessages | undefined;

  async function consume(onOpen: () => void): Promise<void> {
    const connection = await whenConnected(bus, closing.signal);
    messages = await open(connection, options);
    if (closing.signal.aborted) return;
    onOpen();
    void connection.closed().then(() => messages?.close());
    for await (const message of messages) receiver.receive(message);
  }

  async function run(): Promise<void> {
    let attempt = 0;
    const opened = () => {
      attempt = 0;
      onState(undefined);
    };
    while (!closing.signal.aborted) {
      const failure = await consume(opened).catch((error: unknown) => error);
      if (closing.signal.aborted) break;
      const reason = failure === undefined ? "the connection was closed" : reasonOf(failure);
      onState(`${durable} gets no events: ${reason}`);
      if (attempt === 3) log.warn({ consumer: durable, reason }, "waiting for events");
      await sleep(backoffMs(attempt++), undefined, closing).catch(() => {});
    }
  }

  const running = run();
  return {
    async close(drainMs) {
      closing.abort();
      const closed = receiver.close(drainMs);
      await messages?.close();
      await Promise.all([running, closed]);
    },
  };
}

async function open<S extends Schema>(connection: NatsConnection, options: ConsumeOptions<S>) {
  const { consumer, durable, limits } = options;
  const { stream, subject } = consumer.event;
  await ensureStream(connection, { stream, subject }, limits);
  await ensureConsumer(connection, stream, configOf(durable, subject, options.ackWaitMs));
  const source = await connection.jetstream({ timeout: requestTimeoutMs }).consumers.get(stream, durable);
  return source.consume({ max_messages: pullAhead, expires: 30_000, abort_on_missing_resource: true });
}

async function ensureConsumer(connection: NatsConnection, stream: string, config: Partial<ConsumerConfig>) {
  const { consumers } = await managerOf(connection);
  await consumers.add(stream, config).catch(async (error: unknown) => {
    // It is there with other settings, from an earlier version of this code.
    if (apiCodeOf(error) !== 400 || !config.durable_name) throw error;
    await consumers.update(stream, config.durable_name, config);
  });
}

function configOf(durable: string, subject: string, ackWaitMs = defaultAckWaitMs): Partial<ConsumerConfig> {
  return {
    durable_name: durable,
    filter_subject: subject,
    ack_policy: AckPolicy.Explicit,
    // A consumer that is newer than its first events must still have them.
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: 256,
    // The receiver counts: where NATS counts, a message stays in the stream, stuck.
    max_deliver: -1,
  };
}
