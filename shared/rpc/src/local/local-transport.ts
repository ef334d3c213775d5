import type { MethodDefinition } from "@mesh/contracts";
import { copier } from "@mesh/contracts/schema";
import type { MessageFormat } from "../client/message-format.ts";
import type { OutgoingStream } from "../client/outgoing-stream.ts";
import { maxClientCalls, tooManyCalls } from "../client/too-many-calls.ts";
import { closedError, type StartInit, type Transport } from "../client/transport.ts";
import type { UnaryCall } from "../client/unary-call.ts";
import { DeadlineTimer } from "../deadline-timer.ts";
import { OpenCalls } from "../open-calls.ts";
import { endedHere } from "../received-error.ts";
import type { Route } from "../server/incoming-stream.ts";
import { LocalStream } from "./local-stream.ts";
import { LocalUnary } from "./local-unary.ts";
import { TurnShare } from "./turn-share.ts";

/** Options of the way to a service of this process. */
export interface LocalTransportOptions {
  /** The name of the service. */
  readonly upstream: string;
  /** The name of the service that calls. */
  readonly caller: string;
  /** Returns the way to the handler of a method. @throws MeshError if it can't be called */
  readonly routeTo: (method: MethodDefinition) => Route<unknown>;
}

/** Messages are copied when they are sent: neither side sees what the other one changes later. */
const copies: MessageFormat = {
  write: (type, message) => copier(type.schema)(message),
  read: (_, copy) => copy,
};

/** The way to a service of this process: the server's middleware and the handler run, without a byte being written. */
export class LocalTransport implements Transport {
  readonly format = copies;
  readonly #upstream: string;
  readonly #callerNames: readonly string[];
  readonly #routeTo: LocalTransportOptions["routeTo"];
  readonly #share = new TurnShare();
  readonly #open = new OpenCalls<UnaryCall | LocalStream>();
  // The server ends a call at its deadline by itself, unless it has no step `limitTime`.
  readonly #timer = new DeadlineTimer<UnaryCall | LocalStream>(
    () => this.#open.all(),
    (call) => this.#expire(call),
  );
  #isClosed = false;

  constructor({ upstream, caller, routeTo }: LocalTransportOptions) {
    this.#upstream = upstream;
    this.#callerNames = [caller];
    this.#routeTo = routeTo;
  }

  unary(call: UnaryCall): void {
    const route = this.#begin(call.method);
    if (this.#open.size >= maxClientCalls) throw tooManyCalls(call);
    const request = copies.write(call.method.input, call.message);
    const stream = new LocalUnary(call, request, this.#callerNames, this.#share.next());
    this.#open.add(call);
    this.#timer.note(call.deadline);
    call.onEnd = () => this.#open.remove(call);
    const abort = route(stream);
    call.onCancel = () => {
      stream.leave();
      abort();
    };
  }

  start(method: MethodDefinition, init: StartInit): OutgoingStream<unknown> {
    const route = this.#begin(method);
    const turn = () => this.#share.next();
    const stream = new LocalStream({ ...init, upstream: this.#upstream, method, callerNames: this.#callerNames, turn });
    this.#open.add(stream);
    this.#timer.note(init.deadline);
    void stream.caller.ended.then(() => this.#open.remove(stream));
    stream.onLeave = route(stream);
    return stream.caller;
  }

  close(): void {
    this.#isClosed = true;
    this.#timer.stop();
    for (const call of this.#open.all()) call.cancel(closedError(this.#upstream));
  }

  #begin(method: MethodDefinition): Route<unknown> {
    if (this.#isClosed) throw closedError(this.#upstream);
    return this.#routeTo(method);
  }

  #expire(call: UnaryCall | LocalStream): void {
    call.cancel(endedHere("DEADLINE_EXCEEDED", this.#upstream, call.method));
  }
}
