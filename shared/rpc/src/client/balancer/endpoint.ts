import type { MethodDefinition } from "@mesh/contracts";
import type { Replica } from "../../discovery/discovery.ts";
import type { OutgoingStream } from "../outgoing-stream.ts";
import type { GrpcTransport, StartInit, Transport } from "../transport.ts";
import type { CallObserver, UnaryCall } from "../unary-call.ts";

/** The two ways to a replica. */
export interface ReplicaTransports {
  /** The way of calls. */
  readonly calls: Transport;
  /** The way of health checks, below that of calls. */
  readonly plain: GrpcTransport;
}

/** A replica, the way to it, and what is known of its calls. */
export class Endpoint implements CallObserver {
  readonly replica: Replica;
  readonly plain: GrpcTransport;
  readonly #calls: Transport;
  /** The calls that are open. */
  openCalls = 0;
  #isLeaving = false;

  constructor(replica: Replica, { calls, plain }: ReplicaTransports) {
    this.replica = replica;
    this.plain = plain;
    this.#calls = calls;
  }

  unary(call: UnaryCall): void {
    this.openCalls += 1;
    call.observer = this;
    try {
      this.#calls.unary(call);
    } catch (error) {
      call.observer = undefined;
      this.#release();
      throw error;
    }
  }

  start(method: MethodDefinition, init: StartInit): OutgoingStream {
    const stream = this.#calls.start(method, init);
    this.openCalls += 1;
    void stream.ended.then(() => this.#release());
    return stream;
  }

  ended(): void {
    this.#release();
  }

  /** Closes the way to the replica once its calls have ended. */
  leave(): void {
    this.#isLeaving = true;
    this.#closeIfDone();
  }

  /** Ends all calls. */
  close(): void {
    this.#calls.close();
  }

  #release(): void {
    this.openCalls -= 1;
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#isLeaving && this.openCalls === 0) this.#calls.close();
  }
}
