/** What must hold after a run, by its name in the report. */
export const invariants = {
  I1: "every accepted order has exactly one terminal state",
  I2: "no order is charged twice",
  I3: "no charge without an order",
  I4: "no event waits in an outbox",
  I5: "the versions of each key are contiguous at each consumer",
  I6: "every request has one response in time, unless its gateway was killed or stopped",
  I7: "the stock is that of the beginning without the confirmed orders",
  I8: "there is no dead letter",
  I9: "every job has run once, and ended",
} as const;

export type Invariant = keyof typeof invariants;

/** Something that must not be. */
export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
}

/** Returns a violation for each row. */
export function each<T>(invariant: Invariant, rows: readonly T[], what: (row: T) => string): Violation[] {
  return rows.map((row) => ({ invariant, what: what(row) }));
}
