import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { type HeaderValue, MeshError, type MethodDefinition, type Principal } from "@mesh/contracts";
import type { Logger, LogLevel } from "@mesh/runtime";
import { deadlineExceeded, timeoutFor } from "../deadline.ts";
import type { CallPolicy } from "../policy/call-policy.ts";
import { decodeReceived } from "../pooled-reader.ts";
import type { VerifyToken } from "../tokens/verify-token.ts";
import { CallContext } from "./call-context.ts";
import type { IncomingStream } from "./incoming-stream.ts";
import type { InFlight, ServerCall } from "./server-call.ts";
import { type SilenceLimits, tooSilent, withinSilence } from "./silence.ts";

/** The parts of a call. */
export interface ReceivedCallInit {
  readonly method: MethodDefinition;
  readonly stream: IncomingStream<unknown>;
  readonly inFlight: InFlight;
  readonly operators: readonly string[];
  readonly verifyToken: VerifyToken;
  readonly policy: CallPolicy;
  readonly log: Logger;
}

/**
 * A caller on Node that cancels first says that it is done: `Http2Stream.close` ends the stream before it resets it. A
 * handler that believed this would keep half of the requests. The reset follows within a few milliseconds.
 */
const resetGraceMs = 10;

/** A call that a server received, as the server sees it. */
export class ReceivedCall implements ServerCall {
  readonly method: MethodDefinition;
  readonly context: CallContext;
  readonly inFlight: InFlight;
  readonly operators: readonly string[];
  readonly policy: CallPolicy;
  readonly stream: IncomingStream<unknown>;
  /** Its place in the list of open calls. */
  at = -1;
  readonly #verifyToken: VerifyToken;
  #onAbort: ((error: MeshError) => void) | undefined;
  #request: Promise<unknown> | undefined;
  #silence: SilenceLimits = { firstMs: Number.POSITIVE_INFINITY, nextMs: Number.POSITIVE_INFINITY };
  #isTimed = false;
  #hasRequest = false;
  #hasResponded = false;
  #map: ((request: unknown) => unknown) | undefined;
  #check: ((response: unknown) => void) | undefined;

  constructor({ method, stream, inFlight, operators, verifyToken, policy, log }: ReceivedCallInit) {
    this.method = method;
    this.stream = stream;
    this.inFlight = inFlight;
    this.operators = operators;
    this.#verifyToken = verifyToken;
    this.policy = policy;
    this.context = new CallContext(this, deadlineOf(method, stream, policy), log);
  }

  get deadline(): number {
    return this.context.deadline;
  }

  get peer(): string {
    return this.stream.peer;
  }

  get caller(): string | undefined {
    return this.stream.callerNames[0];
  }

  get callerNames(): readonly string[] {
    return this.stream.callerNames;
  }

  header<Name extends string>(name: Name): HeaderValue<Name> | undefined {
    return this.stream.header(name);
  }

  setHeader<Name extends string>(name: Name, value: HeaderValue<Name>): void {
    this.stream.setHeader(name, value);
  }

  setTrailer<Name extends string>(name: Name, value: HeaderValue<Name>): void {
    this.stream.setTrailer(name, value);
  }

  verifyToken(token: string): Principal | Promise<Principal> {
    return this.#verifyToken(token, this.caller);
  }

  headerBytes(): number {
    return this.stream.headerBytes();
  }

  request(): Promise<unknown> {
    this.#request ??= this.stream.only === undefined ? this.#readOnly() : this.#readGiven(this.stream.only);
    return this.#request;
  }

  mapRequests(map: (request: unknown) => unknown): void {
    const before = this.#map;
    this.#map = before ? (request) => map(before(request)) : map;
    this.#request = this.#request?.then(map);
  }

  checkResponses(check: (response: unknown) => void): void {
    const before = this.#check;
    this.#check = (response) => {
      before?.(response);
      check(response);
    };
  }

  checkResponse(response: unknown): void {
    this.#check?.(response);
  }

  /** Returns a response that may be sent. @throws MeshError if a middleware rejects it */
  checked(response: unknown): unknown {
    this.#check?.(response);
    return response;
  }

  isLogged(level: LogLevel): boolean {
    return this.context.isLogged(level);
  }

  limitTime(): void {
    this.#isTimed = true;
  }

  limitSilence(limits: SilenceLimits): void {
    this.#silence = limits;
  }

  /** Ends the call because its deadline has passed, if its time is limited. */
  expire(): void {
    if (this.#isTimed) this.abort(deadlineExceeded(this.method));
  }

  /** Sends a response. Resolves once there is room for the next one; undefined: there is. */
  send(response: unknown): Promise<void> | undefined {
    this.#hasResponded = true;
    return this.stream.send(response);
  }

  race<T>(work: Promise<T>): Promise<T> {
    const { reason } = this.context;
    if (reason) {
      work.catch(() => {}); // Nothing else waits for it.
      return Promise.reject(reason);
    }
    const before = this.#onAbort;
    return new Promise((resolve, reject) => {
      this.#onAbort = (error) => {
        reject(error);
        before?.(error);
      };
      work.then(resolve, reject);
    });
  }

  abort(error: MeshError): void {
    this.#onAbort?.(error);
    this.context.abort(error);
  }

  /** The requests of a method that takes a stream, read as fast as they are taken. A loop over them throws if the call fails. */
  requests(): AsyncIterable<unknown> {
    const requests = this.#readAll();
    const next = requests.next.bind(requests);
    requests.next = () => {
      const step = next();
      step.catch(() => {}); // A handler that reads ahead may have left when it fails: that must not end the process.
      return step;
    };
    return requests;
  }

  async #readGiven(only: unknown): Promise<unknown> {
    if (this.stream.counted) await this.stream.counted;
    // Its caller may have left before its turn.
    if (this.context.reason) throw this.context.reason;
    return this.#read(only);
  }

  async #readOnly(): Promise<unknown> {
    const only = await this.#receive();
    if (only && (await this.#receive()) === undefined) return this.#read(only);
    const message = only ? "only one request message is expected" : "a request message is missing";
    throw new MeshError({ code: "INVALID_ARGUMENT", message });
  }

  async *#readAll(): AsyncGenerator<unknown> {
    for (let one = await this.#receive(); one; one = await this.#receive()) yield this.#read(one);
    if (this.stream.isLocal) return;
    await pause(resetGraceMs);
    // If this process was busy, what has arrived meanwhile is read now.
    await nextTurn();
    await nextTurn();
    this.context.signal.throwIfAborted();
  }

  async #receive(): Promise<unknown> {
    const { kind } = this.method;
    const isStream = kind === "client_streaming" || kind === "bidi_streaming";
    const isFirst = !(isStream && this.#hasRequest);
    const limitMs = isFirst ? this.#silence.firstMs : this.#silence.nextMs;
    const message = await withinSilence(limitMs, this.stream.receive(), () => {
      // In a conversation that this side has begun, the caller may be silent.
      if (!(isFirst && this.#hasResponded)) this.abort(tooSilent(this.method, limitMs));
    });
    this.#hasRequest = true;
    return message;
  }

  #read(message: unknown): unknown {
    // Of others, messages are bytes.
    const request = this.stream.isLocal ? message : decodeReceived(this.method.input, message as Uint8Array);
    return this.#map ? this.#map(request) : request;
  }
}

/** Returns the deadline of a call by its caller and by our bounds, in milliseconds since the epoch. */
function deadlineOf(
  method: MethodDefinition,
  { deadline }: IncomingStream<unknown>,
  { deadlineMs }: CallPolicy,
): number {
  const now = Date.now();
  if (!Number.isFinite(deadline)) return now + timeoutFor(method, undefined, deadlineMs);
  return Math.min(now + timeoutFor(method, deadline - now, deadlineMs), deadline);
}
