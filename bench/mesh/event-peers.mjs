// What publishes and consumes events, in the order of the tables. bench/mesh/event-client.mjs has a program for each.

/** The stock client of NATS, which the ratios compare with. */
export const eventBaseline = "nats";

export const eventPeers = [
  { name: eventBaseline },
  // With PostgreSQL: from the outbox to NATS, and to a handler with the inbox and one row.
  { name: "typemesh", isOurs: true },
  // Without PostgreSQL: only the step that publishes, and a handler without a transaction.
  { name: "typemesh-nats", isOurs: true },
];

/** The kinds of the tables of events. */
export const eventKinds = ["publish", "consume"];
