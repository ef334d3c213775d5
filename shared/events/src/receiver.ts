import type { Schema } from "@mesh/store";
import type { JsMsg } from "nats";
import type { Lanes } from "./lanes.ts";
import { createSettlement, idOf, type SettlementOptions, type Signals } from "./settlement.ts";

/** What becomes of the messages of one consumer. */
export interface Receiver {
  receive(message: JsMsg): void;
  /** Waits for what runs and gives the rest back; after the limit it gives up what runs too. */
  close(drainMs: number): Promise<void>;
}

/** How long NATS waits for word of an event before it sends it again. */
export const defaultAckWaitMs = 30_000;

/** What a receiver needs. */
export interface ReceiverOptions<S extends Schema> extends Omit<SettlementOptions<S>, Signals> {
  /** How long NATS waits; it is told three times as often that an event is not forgotten. Default: 30,000. */
  readonly ackWaitMs?: number;
  /** Shared by all receivers of a service. */
  readonly lanes: Lanes;
}

/** Takes messages as they come: those of the same key in turn. NATS sends no more than 256 that are not settled. */
export function createReceiver<S extends Schema>(options: ReceiverOptions<S>): Receiver {
  const { consumer, durable, lanes, log, ackWaitMs = defaultAckWaitMs } = options;
  const cut = new AbortController();
  const closing = new AbortController();
  const settlement = createSettlement({ ...options, closing: closing.signal, signal: cut.signal });
  const held = new Set<JsMsg>();
  const timer = setInterval(() => held.forEach(sayWorking), ackWaitMs / 3);

  async function settle(message: JsMsg, work: () => Promise<void>): Promise<void> {
    try {
      if (closing.signal.aborted) message.nak();
      else await work();
    } catch (error) {
      // NATS is lost, or did not take the dead letter: the message comes again.
      log.warn({ err: error, consumer: durable, id: idOf(message) }, "could not settle an event");
    } finally {
      held.delete(message);
    }
  }

  return {
    receive(message) {
      held.add(message);
      try {
        const event = consumer.read(message.data);
        lanes.add(`${durable} ${event.key}`, () => settle(message, () => settlement.handle(message, event)));
      } catch (error) {
        lanes.add(durable, () => settle(message, () => settlement.refuse(message, error)));
      }
    },
    async close(drainMs) {
      closing.abort();
      const late = setTimeout(() => cut.abort(new Error("the process is ending")), drainMs);
      await lanes.idle();
      clearTimeout(late);
      clearInterval(timer);
    },
  };
}

function sayWorking(message: JsMsg): void {
  try {
    message.working();
  } catch {
    // The connection was closed for good; another one brings the message again.
  }
}
