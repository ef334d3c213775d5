import type { Logger } from "@mesh/runtime";
import { deadLetterRow } from "../dead-letters.ts";
import type { Delivery, EarlierAttempts } from "../delivery.ts";
import { outbox } from "../tables.ts";
import { isUnavailable } from "../unavailable.ts";
import { parkFailure } from "./parked-rows.ts";
import type { Parking } from "./parking.ts";

/** Options of `Failures`. */
export interface FailuresOptions {
  /** The slug of the service. */
  readonly service: string;
  readonly parking: Pick<Parking, "write">;
  /** Has the outbox sent. */
  readonly poke: () => void;
  /** The wait after each failure. */
  readonly retryDelaysMs: readonly number[];
  readonly log: Logger;
}

/** The longest wait for an upstream that is unavailable, in milliseconds. */
const maxUpstreamWaitMs = 30_000;

/** Stores what has failed, for another attempt or as a dead letter. */
export class Failures {
  readonly #options: FailuresOptions;

  constructor(options: FailuresOptions) {
    this.#options = options;
  }

  /** Parks an event whose handler failed. */
  async park(delivery: Delivery, reason: unknown): Promise<void> {
    const { log, parking } = this.#options;
    const { consumer, id, attempt, earlier } = delivery;
    const isWaiting = isUnavailable(reason, delivery.context);
    const retryAfterMs = isWaiting ? this.#upstreamWaitMs(earlier) : this.#retryWaitMs(delivery);
    const error = String(reason);
    const failure = isWaiting
      ? { state: "upstream" as const, failures: earlier.failures, waits: earlier.waits + 1 }
      : { state: "failing" as const, failures: earlier.failures + 1, waits: 0 };
    await parking.write((tx) => parkFailure(tx, delivery, { ...failure, error, retryAfterMs }));
    const message = isWaiting ? "an event waits for an upstream" : "an event failed; retrying";
    log.warn({ consumer, id, attempt, retryAfterMs, reason: error }, message);
  }

  /** Stores that an event is dead, and its letter in the outbox, in one transaction. */
  async deadLetter(delivery: Delivery, reason: unknown): Promise<void> {
    const { service, parking, poke } = this.#options;
    const { attempt: failures } = delivery;
    const failure = { state: "dead", failures, waits: 0, error: String(reason), retryAfterMs: undefined } as const;
    await parking.write(async (tx) => {
      await parkFailure(tx, delivery, failure);
      await tx.insert(outbox).values(deadLetterRow(delivery, { service, reason }));
    });
    poke();
  }

  #retryWaitMs({ retryAfterMs }: Delivery): number {
    return retryAfterMs ?? this.#options.retryDelaysMs.at(-1) ?? 1_000;
  }

  #upstreamWaitMs({ waits }: EarlierAttempts): number {
    const { retryDelaysMs } = this.#options;
    return Math.min(retryDelaysMs[waits] ?? retryDelaysMs.at(-1) ?? 1_000, maxUpstreamWaitMs);
  }
}
