/** The largest request, in bytes: received by a server and sent by a client. */
export const maxRequestBytes = 1024 * 1024;

/** The largest response, in bytes: sent by a server and received by a client. */
export const maxResponseBytes = 4 * 1024 * 1024;

/** The most bytes of headers of a call, counted as HTTP/2 does (RFC 9113, 6.5.2). */
export const maxHeaderBytes = 16 * 1024;

/** The most calls that may be open on one connection; grpc-js would allow 4 billion. */
export const maxStreamsPerConnection = 100;

/** The part of its own deadline that a handler keeps from the calls it makes, to pass on their failure, in milliseconds. */
export const hopReserveMs = 50;
