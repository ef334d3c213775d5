import { MeshError, type MethodDefinition } from "@mesh/contracts";
import { methodName } from "../deadline.ts";
import type { HeaderListeners, OutgoingHeaders } from "../headers.ts";
import type { VersionSplit } from "../policy/version-split.ts";
import { decodePooled } from "../pooled-reader.ts";
import { encodePooled } from "../pooled-writer.ts";
import { endedHere } from "../received-error.ts";

/** Why calls at a replica are given up. */
const silent = new Error("the replica does not respond");

/** The parts of a unary call. */
export interface UnaryCallInit {
  /** The name of the service that is called. */
  readonly upstream: string;
  readonly method: MethodDefinition;
  /** The request. */
  readonly message: unknown;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly headers: OutgoingHeaders;
  readonly listeners: HeaderListeners | undefined;
  /**
   * The ids of the replicas that have had this call before: it goes to another one if it can, whose id is added. Undefined:
   * the caller does not try again.
   */
  readonly tried?: string[] | undefined;
  /** The versions of the replicas that may get the call; undefined: all. */
  readonly split?: VersionSplit | undefined;
}

/** Gets what happens to a call. */
export interface CallObserver {
  /** @param error why the call failed; undefined: it succeeded */
  ended(call: UnaryCall, error: Error | undefined): void;
  /** Takes a call that has not reached a handler. Returns false if it can't go elsewhere. */
  refused(call: UnaryCall): boolean;
}

/** A call with one request and one response, whatever carries it. It ends exactly once. */
export class UnaryCall {
  readonly upstream: string;
  readonly method: MethodDefinition;
  readonly message: unknown;
  readonly deadline: number;
  readonly headers: OutgoingHeaders;
  readonly listeners: HeaderListeners | undefined;
  readonly tried: string[] | undefined;
  readonly split: VersionSplit | undefined;
  /** Resolves with the response message. Rejects with why the call failed. */
  readonly response: Promise<unknown>;
  isOver = false;
  /** Whether it did not reach a handler at first, and was made again. */
  wasRefused = false;
  /** When it was given to what carries it, by `performance.now()`. */
  startedAt = 0;
  /** Its place in a list of open calls. */
  at = -1;
  /** Called when the caller cancels. What carries the call sets it. */
  onCancel: (() => void) | undefined;
  /** Called when the call is over. What carries the call sets it. */
  onEnd: (() => void) | undefined;
  /** Gets what happens to the call. What chooses its carrier sets it. */
  observer: CallObserver | undefined;
  #request: Uint8Array | undefined;
  #resolve: (response: unknown) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor({ upstream, method, message, deadline, headers, listeners, tried, split }: UnaryCallInit) {
    this.upstream = upstream;
    this.method = method;
    this.message = message;
    this.deadline = deadline;
    this.headers = headers;
    this.listeners = listeners;
    this.tried = tried;
    this.split = split;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /**
   * The request in protobuf, as it is when this is first read. What carries the call reads it when the call is made.
   *
   * @throws Error if it can't be sent
   */
  get request(): Uint8Array {
    this.#request ??= encodePooled(this.method.input, this.message);
    return this.#request;
  }

  /** Ends the call with the bytes of its response. */
  succeed(bytes: Uint8Array): void {
    if (this.isOver) return;
    let response: unknown;
    try {
      response = decodePooled(this.method.output, bytes);
    } catch (cause) {
      this.fail(brokenResponse(this, `its bytes are not a ${this.method.output.typeName}`, cause));
      return;
    }
    this.succeedWith(response);
  }

  /** Ends the call with its response. */
  succeedWith(response: unknown): void {
    if (this.isOver) return;
    this.#end(undefined);
    this.#resolve(response);
  }

  /** Ends the call with an error. */
  fail(error: Error): void {
    if (this.isOver) return;
    this.#end(error);
    this.#reject(error);
  }

  /** Ends the call because its caller has left, or its response is no use. */
  cancel(error: Error): void {
    if (this.isOver) return;
    this.fail(error);
    this.onCancel?.();
  }

  /** Ends the call with UNAVAILABLE if it may be made again: its replica does not respond. */
  giveUp(): void {
    if (this.tried) this.cancel(endedHere("UNAVAILABLE", this.upstream, this.method, silent));
  }

  /** Gives a call that no handler has seen to another replica, once. Returns false if it can't go there. */
  move(): boolean {
    if (this.isOver || this.wasRefused || !this.observer) return false;
    this.wasRefused = true;
    if (this.observer.refused(this)) return true;
    this.wasRefused = false;
    return false;
  }

  #end(error: Error | undefined): void {
    this.isOver = true;
    this.onEnd?.();
    this.observer?.ended(this, error);
  }
}

/** The error of a call whose response is not what the contract says. */
export function brokenResponse(
  { upstream, method }: { readonly upstream: string; readonly method: MethodDefinition },
  what: string,
  cause?: unknown,
): MeshError {
  const message = `${upstream} sent a wrong response to ${methodName(method)}: ${what}`;
  return new MeshError({ code: "INTERNAL", message, cause });
}
