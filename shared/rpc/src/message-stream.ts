/** The largest request, in bytes: received by a server and sent by a client. */
export const maxRequestBytes = 1024 * 1024;

/** The largest response, in bytes: sent by a server and received by a client. */
export const maxResponseBytes = 4 * 1024 * 1024;

/** The most calls that may be open on one connection; grpc-js would allow 4 billion. */
export const maxStreamsPerConnection = 100;

/**
 * The messages of one call, whatever carries them: the joint between gRPC and everything above it. One `receive` and one
 * `send` may be under way at a time; both wait for the other side, so nothing piles up.
 *
 * @typeParam M a message: its bytes, or within a process a copy
 */
export interface MessageStream<M = Uint8Array> {
  /** The next message; undefined: the other side is done. Rejects when the call has failed. */
  receive(): Promise<M | undefined>;
  /** Resolves once there is room for the next message. Rejects when the call is over. */
  send(message: M): Promise<void>;
}

/** The two ends of a promise for a read or a write. */
export interface Waiter<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** Returns the same bytes as a Buffer, which grpc-js wants. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
