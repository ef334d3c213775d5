/** The largest request, in bytes: what a server receives and a client sends. */
export const maxRequestBytes = 1024 * 1024;

/** The largest response, in bytes: what a server sends and a client receives. */
export const maxResponseBytes = 4 * 1024 * 1024;

/** The most bytes of headers a call may bring, counted as HTTP/2 does (RFC 9113, 6.5.2). */
export const maxHeaderBytes = 16 * 1024;

/** The most calls that may be open on one connection; grpc-js would allow 4 billion. */
export const maxStreamsPerConnection = 100;

/** What a server takes on at one time, over all connections. */
export interface InFlightLimits {
  /** The most unary calls; default: 200. */
  readonly unary: number;
  /** The most streaming calls, which are long and mostly idle; default: 1,000. */
  readonly streams: number;
}

export const defaultInFlight: InFlightLimits = { unary: 200, streams: 1_000 };

/** How long a caller leaves its own caller to pass an answer on, in milliseconds. */
export const hopReserveMs = 50;
