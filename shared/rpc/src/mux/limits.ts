/** The largest request and the largest part of a response in an envelope, in bytes: what a small message may have to wait for. */
export const maxPartBytes = 64 * 1024;

/** The size at which a message takes no further calls or results, in bytes. With a last one it is below the limits of gRPC. */
export const fullBytes = 256 * 1024;

/** The most calls that a server lets be open on a stream. */
export const maxOpenCalls = 4_096;

/** The calls of a client that are sent and have no response, above which others wait: usually, and after rejections at least. */
export const windowCalls = 128;
export const leastWindow = 16;

/** The most of them while the server rejects none, even if others have waited long: a server begins with room for 200. */
export const mostSentCalls = 192;

/** The size of the responses that wait for a client, in bytes, above which a server reads none of its calls. */
export const maxWaitingBytes = 8 * 1024 * 1024;

/** The numbers of signers of tokens on a stream are from 1 to this. A mesh has as many as gateways, and those of its past hours. */
export const maxSigners = 32;

/** The numbers of methods on a stream are below this. */
export const maxMethods = 65_536;
