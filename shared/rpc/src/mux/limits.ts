/** The largest request and the largest part of a response in an envelope, in bytes: what a small message may have to wait for. */
export const maxPartBytes = 64 * 1024;

/** The size at which an envelope takes no further messages, in bytes. With a last one it is below what a server accepts. */
export const fullBytes = 256 * 1024;

/** The most calls that a server lets be open on a stream. */
export const maxOpenCalls = 4_096;

/** The most calls that a client has open on a stream. The server may not know yet that as many others are cancelled. */
export const maxClientCalls = maxOpenCalls / 2;

/** The size of the responses that wait for a client, in bytes, above which a server reads none of its calls. */
export const maxWaitingBytes = 8 * 1024 * 1024;

/** The numbers of methods on a stream are below this. */
export const maxMethods = 65_536;
