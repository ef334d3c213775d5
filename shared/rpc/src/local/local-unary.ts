import type { UnaryCall } from "../client/unary-call.ts";
import type { FittingError } from "../fitting-error.ts";
import { gone, type IncomingStream } from "../server/incoming-stream.ts";
import { errorOf, LocalCall } from "./local-call.ts";

/** A unary call within this process, as its route sees it. */
export class LocalUnary extends LocalCall implements IncomingStream<unknown> {
  readonly only: unknown;
  readonly counted: Promise<void> | undefined;
  readonly #call: UnaryCall;
  #response: unknown;
  #isOver = false;

  /**
   * @param request a copy of the request
   * @param counted resolves when its handler may run
   */
  constructor(call: UnaryCall, request: unknown, callerNames: readonly string[], counted: Promise<void> | undefined) {
    super(call, callerNames);
    this.#call = call;
    this.only = request;
    this.counted = counted;
  }

  receive(): Promise<unknown> {
    return this.#isOver ? Promise.reject(gone) : Promise.resolve(this.only);
  }

  send(response: unknown): Promise<void> | undefined {
    if (this.#isOver) return Promise.reject(gone);
    this.#response = response;
    return undefined;
  }

  /** Forgets the call: its caller does not want a response. */
  leave(): void {
    this.#isOver = true;
  }

  end(failure?: FittingError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const call = this.#call;
    try {
      this.sendTrailers(failure);
    } catch (error) {
      call.fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (failure) call.fail(errorOf(failure, call.upstream, call.method));
    else call.succeedWith(this.#response);
  }
}
