import { createHash } from "node:crypto";
import type { Opening } from "@mesh/store";

/** The error of work for a consumer that another process has taken over: nothing of it takes effect. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** How far the consumer of a lease is. */
export interface Place {
  /** The stream: when NATS created it, and when it had lost events; undefined: nothing was received yet. */
  readonly stream: string | undefined;
  /** Every event up to this sequence is settled. */
  readonly position: number;
  /** The later sequences that are settled, too. */
  readonly settled: readonly number[];
}

/** What a process gets with a lease. */
export interface LeaseTerms extends Place {
  readonly consumer: string;
  readonly epoch: number;
  /** No event after this sequence was handed to a handler before. */
  readonly handedTo: number;
  /** How many holders in a row have ended without releasing the lease. */
  readonly crashes: number;
}

/** The right to consume an event for a service, until another process takes it. */
export class Lease {
  readonly terms: LeaseTerms;
  /** Begins the transactions of the holder, and fails if the lease is lost. */
  readonly opening: Opening;
  readonly #lost = new AbortController();

  constructor(terms: LeaseTerms) {
    this.terms = terms;
    const { consumer, epoch } = terms;
    this.opening = {
      // The second statement sees what was committed before the first one got the lock.
      statements: `select pg_advisory_xact_lock_shared(${lockOf(consumer)}); ${currentQuery(consumer, epoch)}`,
      check: (rows) => {
        if (rows > 0) return;
        this.lose();
        throw new LeaseLost(`another process consumes ${consumer}`);
      },
    };
  }

  /** Aborts once the lease is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  lose(): void {
    this.#lost.abort(new LeaseLost(`another process consumes ${this.terms.consumer}`));
  }
}

/** The name has only letters, digits, `_` and `-`. */
function currentQuery(consumer: string, epoch: number): string {
  return `select 1 from consumer_leases where consumer = '${consumer.replaceAll("'", "''")}' and epoch = ${epoch}`;
}

/** Returns the number of the advisory lock of a consumer, as text: shared by its transactions, exclusive for a takeover. */
export function lockOf(consumer: string): string {
  return createHash("sha256").update(`mesh consumer ${consumer}`).digest().readBigInt64BE().toString();
}
