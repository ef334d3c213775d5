// What publishes and consumes events, in the order of the tables. bench/mesh/event-client.mjs has a program for each.

/** The stock client of NATS, which the ratios compare with. */
export const eventBaseline = "nats";

export const eventPeers = [
  { name: eventBaseline },
  // With PostgreSQL: from the outbox to NATS, and to a handler with the inbox and one row.
  { name: "typemesh", isOurs: true, isWhole: true },
  // Without PostgreSQL: only the step that publishes, and a handler without a transaction.
  { name: "typemesh-nats", isOurs: true },
];

/** The kinds of the tables of events that are loads. Those of `wholeWay` measure only a peer with an outbox and an inbox. */
export const eventKinds = ["publish", "consume", "latency"];

/** The kinds of the tables of the memory of such a peer. */
export const memoryKinds = ["soak", "backlog"];

/** What a table of the whole way asks of a pair, from a commit to a handler. */
export const wholeWay = "whole-way";
