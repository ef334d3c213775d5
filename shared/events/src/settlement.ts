import type { Schema } from "@mesh/store";
import type { JsMsg } from "nats";
import type { ConsumeContext, Consumer, ReadEvent } from "./consumer.ts";
import { setAside } from "./dead-letters.ts";
import { type DeliveryOptions, deliver } from "./delivery.ts";
import type { Publisher } from "./publisher.ts";

/** Decides what becomes of a message: acknowledged, tried again later, or set aside. */
export interface Settlement<S extends Schema> {
  /** Calls the handler. @throws where the message could not be set aside */
  handle(message: JsMsg, event: ReadEvent<ConsumeContext<S>>): Promise<void>;
  /** Sets aside what can't be read. */
  refuse(message: JsMsg, error: unknown): Promise<void>;
}

/** What a settlement needs. */
export interface SettlementOptions<S extends Schema> extends DeliveryOptions<S> {
  readonly consumer: Consumer<ConsumeContext<S>>;
  /** The name of the durable consumer. */
  readonly durable: string;
  readonly service: string;
  readonly publisher: Publisher;
  /** The wait after each failure; after one more the event is set aside. Default: 1 s, 5 s, 30 s, 2 min, 5 min. */
  readonly retryDelaysMs?: readonly number[];
}

const defaultRetryDelaysMs = [1_000, 5_000, 30_000, 120_000, 300_000];

/** An event that came this often and never was settled ends the process that handles it. */
const maxDeliveries = 20;

/** The id that a message was published with; one that came without has a place in its stream. */
export function idOf({ headers, info }: JsMsg): string {
  const id = headers?.get("Nats-Msg-Id") ?? "";
  // Longer ones would not fit into the inbox's index.
  return id !== "" && id.length <= 200 ? id : `${info.stream}/${info.streamSequence}/${info.timestampNanos}`;
}

/** What a settlement needs from whoever runs it. */
export type Signals = "closing" | "signal";

/** Settles the messages of one consumer. */
export function createSettlement<S extends Schema>(options: SettlementOptions<S>): Settlement<S> {
  const { durable, service, publisher, log, closing, retryDelaysMs = defaultRetryDelaysMs } = options;

  function factsOf(message: JsMsg) {
    return { consumer: durable, id: idOf(message), deliveries: message.info.deliveryCount };
  }

  async function refuse(message: JsMsg, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    await setAside(message, { service, consumer: durable, id: idOf(message), reason }, publisher);
    log.error({ ...factsOf(message), subject: message.subject, err: error }, "set an event aside as a dead letter");
    message.ack();
  }

  async function fail(message: JsMsg, error: unknown): Promise<void> {
    if (closing.aborted) return message.nak();
    const retryAfterMs = retryDelaysMs[message.info.deliveryCount - 1];
    if (retryAfterMs === undefined) return refuse(message, error);
    log.warn({ ...factsOf(message), retryAfterMs, reason: String(error) }, "an event failed; trying again");
    message.nak(retryAfterMs);
  }

  return {
    refuse,
    async handle(message, event) {
      const { deliveryCount } = message.info;
      if (deliveryCount > maxDeliveries) {
        return refuse(message, new Error(`delivered ${deliveryCount} times and never settled`));
      }
      try {
        await deliver({ message, event, consumer: durable, id: idOf(message) }, options);
      } catch (error) {
        return fail(message, error);
      }
      message.ack();
    },
  };
}
