import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { Metadata } from "@grpc/grpc-js";
import { type HeaderValue, MeshError, type MethodDefinition } from "@mesh/contracts";
import { type Logger, openScope, parseTrace, traceHeader } from "@mesh/runtime";
import { timeoutFor } from "../deadline.ts";
import { firstValue } from "../headers.ts";
import type { IncomingStream } from "./incoming-stream.ts";
import type { CallScope, InFlight, ServerCall } from "./server-call.ts";

/** The parts of a call. */
export interface ReceivedCallInit {
  readonly method: MethodDefinition;
  readonly stream: IncomingStream;
  readonly headers: Metadata;
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
  readonly context: CallScope;
  readonly peer: string;
  readonly inFlight: InFlight;
  readonly stream: IncomingStream;
  readonly aborted: Promise<never>;
  readonly #headers: Metadata;
  readonly #controller = new AbortController();
  #reject: (error: MeshError) => void = () => {};
  #request: Promise<unknown> | undefined;
  #map: ((request: unknown) => unknown) | undefined;

  constructor({ method, stream, headers, inFlight, log }: ReceivedCallInit) {
    this.method = method;
    this.stream = stream;
    this.peer = stream.peer;
    this.#headers = headers;
    this.inFlight = inFlight;
    this.aborted = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    this.aborted.catch(() => {}); // It may reject before anything waits for it.
    const scope = openScope({
      signal: this.#controller.signal,
      timeoutMs: timeLeftMs(method, stream),
      log,
      parent: parseTrace(this.header(traceHeader)),
    });
    this.context = Object.assign(scope, { call: this });
  }

  get caller(): string | undefined {
    return this.stream.callerNames[0];
  }

  get callerNames(): readonly string[] {
    return this.stream.callerNames;
  }

  header<Name extends string>(name: Name): HeaderValue<Name> | undefined {
    return firstValue(this.#headers, name);
  }

  setHeader<Name extends string>(name: Name, value: HeaderValue<Name>): void {
    this.stream.setHeader(name, value);
  }

  setTrailer<Name extends string>(name: Name, value: HeaderValue<Name>): void {
    this.stream.setTrailer(name, value);
  }

  headerBytes(): number {
    let bytes = 0;
    for (const [name, values] of Object.entries(this.#headers.toHttp2Headers())) {
      for (const value of Array.isArray(values) ? values : [`${values}`]) bytes += name.length + value.length + 32;
    }
    return bytes;
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
    const { input } = this.method;
    let request: unknown;
    try {
      request = input.decode(bytes);
    } catch (cause) {
      throw new MeshError({ code: "INVALID_ARGUMENT", message: `these bytes are not a ${input.typeName}`, cause });
    }
    return this.#map ? this.#map(request) : request;
  }
}

/** Returns the time left of a call by its caller and by our bounds, in milliseconds; 0 or less: none. */
function timeLeftMs(method: MethodDefinition, { deadline }: IncomingStream): number {
  if (!Number.isFinite(deadline)) return timeoutFor(method, undefined);
  const askedMs = deadline - Date.now();
  return Math.min(timeoutFor(method, askedMs), askedMs);
}
