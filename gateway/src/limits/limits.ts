/** Limits of one gateway. */
export interface Limits {
  /** Calls in one batch. */
  readonly batchSize: number;
  /** Size of a request's body, in bytes. */
  readonly bodyBytes: number;
  /** Size of a request's headers, in bytes, including the URL. */
  readonly headerBytes: number;
  /** Time for a client to send its headers. */
  readonly headersTimeoutMs: number;
  /** Time for a client to send a whole request. The response may take longer. */
  readonly requestTimeoutMs: number;
  /** Time in which the rest of a request is read and dropped after its response, so that the client can read the response. */
  readonly lingerMs: number;
  /** Time without a byte of such a rest. */
  readonly lingerIdleMs: number;
  /** Size of such a rest, in bytes. */
  readonly lingerBytes: number;
  /** Time without data in either direction before a connection is cut: its client may have stopped reading. */
  readonly idleMs: number;
  /** Time that a connection without requests stays open. */
  readonly keepAliveMs: number;
  /** Open connections. */
  readonly connections: number;
  /** Open connections from one address, if no proxy is in front. Those of a proxy are of many clients. */
  readonly connectionsPerAddress: number;
  /** Requests that may wait on one connection behind the one that runs (HTTP/1.1 pipelining). */
  readonly requestsAhead: number;
  /** Requests of this process that run at the same time. Subscriptions have limits of their own. */
  readonly requests: number;
  /** Running requests from one address. */
  readonly requestsPerAddress: number;
  /** Running requests of one user. */
  readonly requestsPerUser: number;
  /** Deadline of a query, in all services that it reaches. */
  readonly queryTimeoutMs: number;
  /** Deadline of a mutation, in all services that it reaches. */
  readonly mutationTimeoutMs: number;
  /** Time to send or get a file, unless the contract of its method has a deadline. */
  readonly fileTimeoutMs: number;
  /** Time without a byte of a file that a client sends. */
  readonly uploadIdleMs: number;
  /** The least bytes per second of a file that a client sends. The time in which the service takes none does not count. */
  readonly uploadBytesPerSecond: number;
  /** Time before that applies. */
  readonly uploadGraceMs: number;
  /** Duration of a subscription, after which its client must open it again. */
  readonly streamMs: number;
  /** Open subscriptions of one customer. */
  readonly streamsPerCustomer: number;
  /** Open subscriptions from one address: a client that omits its cookie is a new customer each time. */
  readonly streamsPerAddress: number;
  /** Open subscriptions of this process. */
  readonly streams: number;
  /** Whether the rate limits of contracts apply. */
  readonly rates: boolean;
  /** Time for the database to count a call for a rate limit. If it takes longer, each gateway counts for itself. */
  readonly countTimeoutMs: number;
  /** Responses that are kept, of methods with the option `cache`. */
  readonly cachedResponses: number;
  /** Memory for them, in bytes, estimated as eight times their size in protobuf. */
  readonly cacheBytes: number;
}

/** Limits of a file that a client sends. */
export type UploadLimits = Pick<Limits, "uploadIdleMs" | "uploadBytesPerSecond" | "uploadGraceMs">;

/** Limits of a gateway that sets no others. */
export const defaultLimits: Limits = {
  batchSize: 10,
  bodyBytes: 256 * 1024,
  headerBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  // Those of nginx: https://nginx.org/en/docs/http/ngx_http_core_module.html#lingering_close
  lingerMs: 30_000,
  lingerIdleMs: 5_000,
  lingerBytes: 64 * 1024 * 1024,
  // Four times the interval at which idle REST streams send a ping, and much longer than that of subscriptions.
  idleMs: 60_000,
  // Longer than load balancers keep theirs, so that none sends a request into a connection that is being closed.
  keepAliveMs: 300_000,
  connections: 5_000,
  // Ten addresses take all. A browser has six at most, and behind one address may be an office.
  connectionsPerAddress: 500,
  requestsAhead: 2,
  requests: 1_000,
  requestsPerAddress: 250,
  requestsPerUser: 100,
  queryTimeoutMs: 5_000,
  mutationTimeoutMs: 10_000,
  fileTimeoutMs: 300_000,
  // Shorter than the 10 s after which services end a stream of requests, so that the client sees why.
  uploadIdleMs: 8_000,
  // A phone on a slow network sends ten times as much. Apache's mod_reqtimeout has 500 bytes per second after 20 s.
  uploadBytesPerSecond: 1_024,
  uploadGraceMs: 20_000,
  // Services end a stream after 10 min. The gateway ends it first, so that the client sees no error.
  streamMs: 590_000,
  streamsPerCustomer: 5,
  streamsPerAddress: 50,
  streams: 2_500,
  rates: true,
  countTimeoutMs: 2_000,
  cachedResponses: 10_000,
  cacheBytes: 64 * 1024 * 1024,
};
