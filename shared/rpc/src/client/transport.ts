import type { MethodDefinition } from "@mesh/contracts";
import type { MessageStream } from "../message-stream.ts";

/** A call that this process makes. */
export interface OutgoingCall extends MessageStream {
  /** Resolves when the call is over, well or not. */
  readonly ended: Promise<void>;
  /** Says that no more messages follow, after a last one where it is given. */
  finish(last?: Uint8Array): void;
  /** Ends the call, unless it is over; what waits for it rejects with the error. */
  cancel(error: Error): void;
}

/** What a call takes along. */
export interface CallInit {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The way to a peer. gRPC is one; everything above it sees only calls. */
export interface Transport {
  start(method: MethodDefinition, init: CallInit): OutgoingCall;
  close(): void;
}
