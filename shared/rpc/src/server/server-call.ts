import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { MeshError, type MessageType, type MethodDefinition } from "@mesh/contracts";
import { type Logger, type Next, openScope, parseTrace, type Scope, traceHeader } from "@mesh/runtime";
import { timeoutFor } from "../deadline.ts";
import type { InFlight } from "./call-limits.ts";
import type { IncomingStream } from "./incoming-stream.ts";

/** A call that a server received, as its middleware sees it. */
export interface ServerCall<Context extends Scope = Scope> {
  readonly method: MethodDefinition;
  /** What the handler gets beside the request. `next(added)` merges more into it. */
  readonly context: Context;
  /** The caller's address, `host:port`. */
  readonly peer: string;
  /** The calls that the server runs now, and the most that it may run. */
  readonly inFlight: InFlight;
  /** The first value of a header, named in small letters; undefined: it was not sent. */
  header(name: string): string | undefined;
  /** The size of all headers in bytes, as HTTP/2 counts it. */
  headerBytes(): number;
  /**
   * The request of a unary or server-streaming method. It is read when it is first asked for.
   *
   * @throws MeshError INVALID_ARGUMENT if it is missing, malformed or not the only one
   */
  request(): Promise<unknown>;
  /** Passes every request through a function before the handler, or a later middleware, gets it. */
  mapRequests(map: (request: unknown) => unknown): void;
  /** Rejects with the error that `abort` is given. Never resolves. */
  readonly aborted: Promise<never>;
  /** Aborts `context.signal`; `limitTime` then ends the call with the error, whatever its handler does. */
  abort(error: MeshError): void;
}

/**
 * A step around every call of a server or a service. `next` resolves with the response; with undefined, once all are
 * sent, if the method streams its responses. A middleware of a service may return another response.
 *
 * @typeParam Added what it adds to the context, given to `next`
 * @typeParam Context what it needs of the context
 *
 * @example
 * ```ts
 * import { MeshError } from "@mesh/contracts";
 * import type { ServerMiddleware } from "@mesh/rpc";
 *
 * const tenant: ServerMiddleware<{ tenant: string }> = async (call, next) => {
 *   const name = call.header("x-tenant");
 *   if (!name) throw new MeshError({ code: "UNAUTHENTICATED", message: "the header x-tenant is missing" });
 *   return next({ tenant: name });
 * };
 * ```
 */
export type ServerMiddleware<Added extends object = object, Context extends Scope = Scope> = (
  call: ServerCall<Context>,
  next: Next<Added>,
) => Promise<unknown>;

/** The parts of a call. */
export interface ReceivedCallInit {
  readonly method: MethodDefinition;
  readonly stream: IncomingStream;
  readonly inFlight: InFlight;
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
  readonly context: Scope;
  readonly inFlight: InFlight;
  readonly stream: IncomingStream;
  readonly aborted: Promise<never>;
  readonly #controller = new AbortController();
  #reject: (error: MeshError) => void = () => {};
  #request: Promise<unknown> | undefined;
  #map: ((request: unknown) => unknown) | undefined;

  constructor({ method, stream, inFlight, log }: ReceivedCallInit) {
    this.method = method;
    this.stream = stream;
    this.inFlight = inFlight;
    this.aborted = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    this.aborted.catch(() => {}); // It may reject before anything waits for it.
    this.context = openScope({
      signal: this.#controller.signal,
      timeoutMs: timeLeftMs(method, stream),
      log,
      parent: parseTrace(stream.header(traceHeader)),
    });
  }

  get peer(): string {
    return this.stream.peer;
  }

  header(name: string): string | undefined {
    return this.stream.header(name);
  }

  headerBytes(): number {
    return this.stream.headerBytes();
  }

  request(): Promise<unknown> {
    this.#request ??= this.#readOnly();
    return this.#request;
  }

  mapRequests(map: (request: unknown) => unknown): void {
    const before = this.#map;
    this.#map = before ? (request) => map(before(request)) : map;
    this.#request = this.#request?.then(map);
  }

  abort(error: MeshError): void {
    this.#reject(error);
    this.#controller.abort(error);
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

  async #readOnly(): Promise<unknown> {
    const bytes = await this.stream.receive();
    if (bytes && (await this.stream.receive()) === undefined) return this.#read(bytes);
    const message = bytes ? "only one request message is expected" : "a request message is missing";
    throw new MeshError({ code: "INVALID_ARGUMENT", message });
  }

  async *#readAll(): AsyncGenerator<unknown> {
    for (let bytes = await this.stream.receive(); bytes; bytes = await this.stream.receive()) yield this.#read(bytes);
    await pause(resetGraceMs);
    // If this process was busy, what has arrived meanwhile is read now.
    await nextTurn();
    await nextTurn();
    this.context.signal.throwIfAborted();
  }

  #read(bytes: Uint8Array): unknown {
    const request = decode(this.method.input, bytes);
    return this.#map ? this.#map(request) : request;
  }
}

function decode(type: MessageType<unknown>, bytes: Uint8Array): unknown {
  try {
    return type.decode(bytes);
  } catch (cause) {
    throw new MeshError({ code: "INVALID_ARGUMENT", message: `these bytes are not a ${type.typeName}`, cause });
  }
}

/** Returns the time left of a call by its caller and by our bounds, in milliseconds; 0 or less: none. */
function timeLeftMs(method: MethodDefinition, { deadline }: IncomingStream): number {
  if (!Number.isFinite(deadline)) return timeoutFor(method, undefined);
  const askedMs = deadline - Date.now();
  return Math.min(timeoutFor(method, askedMs), askedMs);
}
