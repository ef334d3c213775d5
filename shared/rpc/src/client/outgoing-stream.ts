import { type Channel, type Metadata, type StatusObject, status } from "@grpc/grpc-js";
import { MeshError, type ResponseHeaders } from "@mesh/contracts";
import { type HeaderListeners, responseHeaders } from "../headers.ts";
import { type MessageStream, toBuffer, type Waiter } from "../message-stream.ts";
import { isLocal, isOwnReset } from "../received-status.ts";

/** The messages of a call that this process makes. */
export interface OutgoingStream<M = Uint8Array> extends MessageStream<M> {
  /** Resolves when the call is over, with why it failed; undefined: it ended well. */
  readonly ended: Promise<Error | undefined>;
  /** Says that no more messages follow, after a last one if it is given. */
  finish(last?: M): void;
  /** Ends the call, unless it is over; what waits for it rejects with the error. */
  cancel(error: Error): void;
}

/** The parts of a stream. */
export interface OutgoingStreamInit {
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly metadata: Metadata;
  readonly errorOf: (status: StatusObject) => MeshError;
  readonly listeners: HeaderListeners | undefined;
}

/** The error of a message that is sent when its call is over. */
export const over = new MeshError({ code: "CANCELLED", message: "the call is over" });

/**
 * A call one layer below grpc-js's Node streams, which start reading before there is a listener and destroy themselves
 * when a loop is left. Here each read and each write is asked for.
 */
export class GrpcOutgoingStream implements OutgoingStream {
  readonly ended: Promise<Error | undefined>;
  /** Whether this side may have reset the call: it was cancelled, or grpc-js ended it at a limit. */
  wasReset = false;
  readonly #call: ReturnType<Channel["createCall"]>;
  #reading: Waiter<Uint8Array | undefined> | undefined;
  #writing: Waiter<void> | undefined;
  /** The end of the call; undefined: it has not; "ok": well. */
  #end: Error | "ok" | undefined;
  #resolveEnded: (failure: Error | undefined) => void = () => {};

  /** Starts the call. */
  constructor(channel: Channel, { path, deadline, metadata, errorOf, listeners }: OutgoingStreamInit) {
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#call = channel.createCall(path, deadline, undefined, null, undefined);
    this.#call.start(metadata, {
      onReceiveMetadata: (headers) => this.#report(headers, listeners?.onHeaders),
      onReceiveMessage: (message: Uint8Array) => this.#reading?.resolve(message),
      onReceiveStatus: (received) => {
        if (!this.#end && !isLocal(received)) this.#report(received.metadata, listeners?.onTrailers);
        this.wasReset ||= isOwnReset(received);
        this.#settle(received.code === status.OK ? "ok" : errorOf(received));
      },
    });
  }

  receive(): Promise<Uint8Array | undefined> {
    if (this.#end === "ok") return Promise.resolve(undefined);
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
      this.#call.startRead();
    });
  }

  send(message: Uint8Array): Promise<void> {
    if (this.#end) return Promise.reject(over);
    return new Promise((resolve, reject) => {
      this.#writing = { resolve, reject };
      this.#call.sendMessageWithContext({ callback: () => resolve() }, toBuffer(message));
    });
  }

  finish(last?: Uint8Array): void {
    if (this.#end) return;
    if (last) this.#call.sendMessageWithContext({}, toBuffer(last));
    this.#call.halfClose();
  }

  cancel(error: Error): void {
    if (this.#end) return;
    this.wasReset = true;
    this.#settle(error);
    this.#call.cancelWithStatus(status.CANCELLED, "ended by the caller");
  }

  /** Passes headers to the caller. A failure there ends the call: thrown here, it would end the process. */
  #report(headers: Metadata, listener: ((headers: ResponseHeaders) => void) | undefined): void {
    try {
      listener?.(responseHeaders(headers));
    } catch (error) {
      this.cancel(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #settle(end: Error | "ok"): void {
    if (this.#end) return;
    this.#end = end;
    if (end === "ok") this.#reading?.resolve(undefined);
    else this.#reading?.reject(end);
    this.#writing?.reject(over);
    this.#resolveEnded(end === "ok" ? undefined : end);
  }
}
