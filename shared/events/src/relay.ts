import { backoffMs, type Logger } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type Store } from "@mesh/store";
import { type Batch, batchSize, sendBatch } from "./batch.ts";
import type { Bus } from "./bus.ts";
import type { Publisher } from "./publisher.ts";
import { reasonOf } from "./streams.ts";

/** Takes events from the outbox to NATS, in the order they were put there. */
export interface Relay {
  /**
   * Looks into the outbox now instead of at the next turn. This stands in for NOTIFY, with which PostgreSQL took 3,400 to
   * 3,900 transactions a second over 10 connections instead of 6,600 to 7,100: it makes them commit one by one.
   */
  poke(): void;
  /** Looks once more and stops. */
  close(): Promise<void>;
}

/** What a relay needs. */
export interface RelayOptions<S extends Schema> {
  readonly store: Store<S>;
  readonly bus: Bus;
  readonly publisher: Publisher;
  readonly log: Logger;
  /** How often it looks into the outbox where nobody pokes it. Default: 200. */
  readonly pollMs?: number;
}

/** Starts relaying; what fails is tried again until it succeeds. */
export function startRelay<S extends Schema>({ store, bus, publisher, log, pollMs = 200 }: RelayOptions<S>): Relay {
  const alarm = createAlarm();
  let isClosing = false;
  let isFailing = false;

  async function look(): Promise<Batch> {
    if (!bus.current()) return { sent: 0, failure: undefined };
    return sendBatch(store, publisher).catch((failure: unknown) => ({ sent: 0, failure }));
  }

  function note(failure: unknown): void {
    const isNews = failure !== undefined && !isFailing;
    isFailing = failure !== undefined;
    // Those who hold the connections say that NATS or the database is lost.
    if (!isNews || isStoreUnavailable(failure) || !bus.current()) return;
    log.warn({ reason: reasonOf(failure) }, "events wait in the outbox: NATS did not take them");
  }

  async function run(): Promise<void> {
    let attempt = 0;
    while (!isClosing) {
      const { sent, failure } = await look();
      note(failure);
      // Those that NATS takes do not wait for one that it refuses.
      attempt = failure !== undefined && sent === 0 ? attempt + 1 : 0;
      if (sent < batchSize) await alarm.sleep(attempt > 0 ? backoffMs(attempt, { baseMs: pollMs }) : pollMs);
    }
    await look();
  }

  const running = run();
  return {
    poke: alarm.ring,
    async close() {
      isClosing = true;
      alarm.ring();
      await running;
    },
  };
}

/** A sleep that somebody else can end, or has ended before it began. */
function createAlarm() {
  let isRinging = false;
  let wake = () => {};
  return {
    ring() {
      isRinging = true;
      wake();
    },
    async sleep(ms: number): Promise<void> {
      if (!isRinging) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isRinging = false;
    },
  };
}
