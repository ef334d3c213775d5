/** How much one gateway takes on. */
export interface Limits {
  /** The most calls in one batch. */
  readonly batchSize: number;
  /** The largest body of a request, in bytes. */
  readonly bodyBytes: number;
  /** The most bytes of headers a request may bring, its URL included. */
  readonly headerBytes: number;
  /** How long a client may take to send its headers. */
  readonly headersTimeoutMs: number;
  /** How long a client may take to send a whole request; what it is answered with may take longer. */
  readonly requestTimeoutMs: number;
  /** How long nothing may go either way before a connection is cut: its client may have stopped reading. */
  readonly idleMs: number;
  /** How long a connection is kept on which nothing is asked any more. */
  readonly keepAliveMs: number;
  /** The most connections. */
  readonly connections: number;
  /** How long a query may take, in all the services it reaches. */
  readonly queryTimeoutMs: number;
  /** How long a mutation may take, in all the services it reaches. */
  readonly mutationTimeoutMs: number;
  /** How long a subscription lasts before its client must open it again. */
  readonly streamMs: number;
  /** The most subscriptions of one customer. */
  readonly streamsPerCustomer: number;
  /** The most subscriptions from one address: whoever leaves the cookie away is a new customer each time. */
  readonly streamsPerAddress: number;
  /** The most subscriptions of this process. */
  readonly streams: number;
}

/** What the gateway takes on unless told otherwise. */
export const defaultLimits: Limits = {
  batchSize: 10,
  bodyBytes: 256 * 1024,
  headerBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  // Four times what an idle subscription is silent for.
  idleMs: 60_000,
  // Longer than load balancers keep theirs, so that none sends a call into a connection that is being closed.
  keepAliveMs: 300_000,
  connections: 5_000,
  queryTimeoutMs: 5_000,
  mutationTimeoutMs: 10_000,
  // The mesh ends a stream after 10 min: the gateway comes first, so that the client sees no error.
  streamMs: 590_000,
  streamsPerCustomer: 5,
  streamsPerAddress: 50,
  streams: 500,
};
