import type { MethodDefinition } from "@mesh/contracts";
import { type OutgoingStream, over } from "../client/outgoing-stream.ts";
import type { StartInit } from "../client/transport.ts";
import type { FittingError } from "../fitting-error.ts";
import { gone, type IncomingStream } from "../server/incoming-stream.ts";
import { Channel } from "./channel.ts";
import { errorOf, LocalCall } from "./local-call.ts";

/** What a stream needs besides the parts that all calls have. */
export interface LocalStreamInit extends StartInit {
  readonly upstream: string;
  readonly method: MethodDefinition;
  readonly callerNames: readonly string[];
  /** Resolves when the next message may go on; undefined: now. */
  readonly turn: () => Promise<void> | undefined;
}

/** A stream within this process, as its route sees it. `caller` is its other end. */
export class LocalStream extends LocalCall implements IncomingStream<unknown> {
  readonly caller: CallerEnd;
  /** Its place in the list of open calls. */
  at = -1;
  /** Has the handler aborted. What begins the call sets it. */
  onLeave: (() => void) | undefined;
  readonly method: MethodDefinition;
  readonly #init: LocalStreamInit;
  readonly #requests = new Channel();
  readonly #responses = new Channel();
  #isOver = false;

  constructor(init: LocalStreamInit) {
    super(init, init.callerNames);
    this.#init = init;
    this.method = init.method;
    this.caller = new CallerEnd(this.#requests, this.#responses, () => this.#leave());
  }

  /** Ends the call at its caller. */
  cancel(error: Error): void {
    this.caller.cancel(error);
  }

  receive(): Promise<unknown> {
    return this.#isOver ? Promise.reject(gone) : this.#requests.take();
  }

  send(response: unknown): Promise<void> | undefined {
    if (this.#isOver) return Promise.reject(gone);
    try {
      this.sendHeaders();
    } catch (error) {
      this.caller.cancel(error instanceof Error ? error : new Error(String(error)));
      return Promise.reject(gone);
    }
    const turn = this.#init.turn();
    const room = this.#responses.push(response);
    // Both are waited for together: the call may end, and reject one, before the other resolves.
    return turn ? Promise.all([turn, room]).then(() => undefined) : room;
  }

  end(failure?: FittingError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { upstream, method } = this.#init;
    this.caller.onEnd = () => this.sendTrailers(failure);
    if (failure) this.#responses.fail(errorOf(failure, upstream, method), "after");
    else this.#responses.finish();
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#requests.fail(gone, "now");
    this.onLeave?.();
  }
}

/** The end of a stream at its caller. */
class CallerEnd implements OutgoingStream<unknown> {
  readonly ended: Promise<Error | undefined>;
  /** Called when all responses are read, before the end. What the caller's listeners throw ends the call. */
  onEnd: () => void = () => {};
  readonly #requests: Channel;
  readonly #responses: Channel;
  readonly #leave: () => void;
  #isOver = false;
  #resolveEnded: (failure: Error | undefined) => void = () => {};

  constructor(requests: Channel, responses: Channel, leave: () => void) {
    this.#requests = requests;
    this.#responses = responses;
    this.#leave = leave;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  async receive(): Promise<unknown> {
    try {
      const message = await this.#responses.take();
      if (message === undefined) this.#settle(undefined);
      return message;
    } catch (error) {
      this.#settle(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  async send(request: unknown): Promise<void> {
    if (this.#isOver) throw over;
    await this.#requests.push(request);
  }

  finish(last?: unknown): void {
    if (this.#isOver) return;
    if (last !== undefined) void this.#requests.push(last);
    this.#requests.finish();
  }

  cancel(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#responses.fail(error, "now");
    this.#leave();
    this.#requests.fail(over, "now");
    this.#resolveEnded(error);
  }

  #settle(failure: Error | undefined): void {
    if (this.#isOver) return;
    try {
      this.onEnd();
    } catch (error) {
      this.cancel(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    this.#isOver = true;
    this.#requests.fail(over, "now");
    this.#resolveEnded(failure);
  }
}
