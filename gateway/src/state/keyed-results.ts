import { MeshError } from "@mesh/contracts";
import { isUncertain } from "@mesh/rpc";
import { TRPCError } from "@trpc/server";

/** A call with an idempotency key. */
export interface KeyedCall {
  /** A hash of the principal, the method and the key. */
  readonly id: string;
  readonly requestHash: string;
  /** The time after which another attempt may run if this one has not ended, in milliseconds. */
  readonly leaseMs: number;
}

/** The response of a call with an idempotency key. */
export interface KeyedResult {
  readonly response: Uint8Array;
  /** Whether it is the response of an earlier call. */
  readonly isReplayed: boolean;
}

/** Runs calls with an idempotency key. */
export interface KeyedResults {
  /**
   * Runs a call, and keeps its response for a day. Returns the response of an earlier call with the key.
   *
   * @throws TRPCError UNPROCESSABLE_CONTENT if the key was used for another request
   * @throws MeshError ABORTED if a call with the key is running, UNAVAILABLE if the database can't be reached
   */
  run(call: KeyedCall, work: () => Promise<Uint8Array>): Promise<KeyedResult>;
}

/** Returns the error of a key that was used for another request. */
export function keyConflict(): TRPCError {
  const message = "the Idempotency-Key was used for another request: use a new key";
  return new TRPCError({ code: "UNPROCESSABLE_CONTENT", message });
}

/** Returns the error of a key whose call is running. */
export function keyInUse(): MeshError {
  const message = "a call with the same Idempotency-Key is running: wait for its result";
  return new MeshError({ code: "ABORTED", message, retryAfterMs: 1_000 });
}

/** Returns whether the service has ended the call with an error. It may then be made again with the same key. */
export function hasEnded(error: unknown): boolean {
  return error instanceof TRPCError || !isUncertain(error);
}
