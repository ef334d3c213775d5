import type { CallOptions, HeaderValue, MethodDefinition } from "@mesh/contracts";
import { isShort, type Scope, type TraceContext } from "@mesh/runtime";
import { abortError, coarseMs, deadlineExceeded, maxTimerMs, onAbort } from "../deadline.ts";
import type { CallPolicy } from "../policy/call-policy.ts";
import type { Tokens } from "../tokens/tokens.ts";
import { type MessageFormat, protobufFormat } from "./message-format.ts";
import type { OutgoingStream } from "./outgoing-stream.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { StartInit, Transport } from "./transport.ts";
import { UnaryCall } from "./unary-call.ts";

const none: readonly AbortSignal[] = [];

/** Responses that are under way, by what makes calls equal. */
export type SharedCalls = Map<string, Promise<unknown>>;

/** A call to another service, as the middleware of its connection sees it. */
export interface OutgoingCall {
  /** The name of the service that is called. */
  readonly upstream: string;
  readonly method: MethodDefinition;
  /** The scope that the call is part of; undefined: none. */
  readonly context: Scope | undefined;
  /** The span of the call itself; undefined: it is not recorded, and belongs to the trace of its scope. */
  readonly trace: TraceContext | undefined;
  /** The request of a unary or server-streaming method. */
  readonly request: unknown;
  /** The headers to send; names are in small letters. */
  readonly headers: Record<string, HeaderValue>;
  /** Signs the tokens of principals; undefined: this process has no certificate. */
  readonly tokens: Tokens | undefined;
  /** The longest that the call may take, in milliseconds; undefined: the caller did not say. */
  timeoutMs: number | undefined;
  /** Whether a stream of responses is opened again when its server is lost; default: no. */
  isReopened: boolean;
  /** The retries that the connection may still make. */
  readonly retries: RetryBudget;
  /** What the policy of the mesh says of the call. */
  readonly policy: CallPolicy;
  /** The calls of the connection that are open and may be shared. */
  readonly shared: SharedCalls;
  /** Passes every request through a function before it is sent. */
  mapRequests(map: (request: unknown) => unknown): void;
  /** Waits for something. @throws MeshError if the scope, the caller or the time of the call ends it before */
  until<T>(work: Promise<T>): Promise<T>;
}

/**
 * A step around every call of a connection. `next` makes the call and resolves with the response; with undefined, once all
 * are received, if the method streams its responses. It may return another response.
 *
 * @example
 * ```ts
 * import type { ClientMiddleware } from "@mesh/rpc";
 *
 * const tenant: ClientMiddleware = async (call, next) => {
 *   call.headers["x-tenant"] = "acme";
 *   return next();
 * };
 * ```
 */
export type ClientMiddleware = (call: OutgoingCall, next: () => Promise<unknown>) => Promise<unknown>;

/** The parts that the calls of a connection share. */
export interface Connection {
  /** The name of the service that is called. */
  readonly upstream: string;
  readonly transport: Transport;
  readonly middleware: readonly ClientMiddleware[];
  /** Signs the tokens of principals; undefined: the process has no certificate. */
  readonly tokens?: Tokens | undefined;
  readonly retries: RetryBudget;
  readonly shared: SharedCalls;
}

/** The parts of a call. */
export interface PendingCallInit {
  readonly connection: Connection;
  readonly method: MethodDefinition;
  readonly policy: CallPolicy;
  readonly context: Scope | undefined;
  /** A request, or an iterable of requests. */
  readonly input: unknown;
  readonly options: CallOptions | undefined;
}

/** A call to another service, as its connection sees it. */
export class PendingCall implements OutgoingCall {
  readonly method: MethodDefinition;
  readonly policy: CallPolicy;
  readonly context: Scope | undefined;
  readonly headers: Record<string, HeaderValue>;
  timeoutMs: number | undefined;
  trace: TraceContext | undefined;
  isReopened = false;
  /** When it was started, in milliseconds since the epoch; undefined: it was not. */
  startedAt: number | undefined;
  /** Called when the call is started. */
  onStart: ((stream: OutgoingStream<unknown>) => void) | undefined;
  readonly #connection: Connection;
  readonly #options: CallOptions | undefined;
  readonly #takesStream: boolean;
  /** The replicas that have had the call. */
  readonly #tried: string[] | undefined;
  #input: unknown;
  #map = (request: unknown) => request;

  constructor({ connection, method, policy, context, input, options }: PendingCallInit) {
    this.#connection = connection;
    this.method = method;
    this.policy = policy;
    this.context = context;
    this.timeoutMs = options?.timeoutMs;
    this.headers = options?.headers ? { ...options.headers } : {};
    this.#options = options;
    this.#tried = method.idempotency === "unknown" ? undefined : [];
    this.#input = input;
    this.#takesStream = method.kind === "client_streaming" || method.kind === "bidi_streaming";
  }

  get upstream(): string {
    return this.#connection.upstream;
  }

  get tokens(): Tokens | undefined {
    return this.#connection.tokens;
  }

  /** What its streams carry. */
  get format(): MessageFormat {
    return this.#connection.transport.format ?? protobufFormat;
  }

  get retries(): RetryBudget {
    return this.#connection.retries;
  }

  get shared(): SharedCalls {
    return this.#connection.shared;
  }

  get request(): unknown {
    return this.#takesStream ? undefined : this.#input;
  }

  mapRequests(map: (request: unknown) => unknown): void {
    const before = this.#map;
    if (this.#takesStream) this.#map = (request) => map(before(request));
    else this.#input = map(this.#input);
  }

  /**
   * Waits for a connection to open, at most as long as the call may take.
   *
   * @throws MeshError if the call ends before
   */
  async waitFor(opening: Promise<void>): Promise<void> {
    const { timeoutMs } = this;
    const startedAt = Date.now();
    await this.until(opening);
    if (timeoutMs !== undefined) this.timeoutMs = Math.max(1, timeoutMs - (Date.now() - startedAt));
  }

  async until<T>(work: Promise<T>): Promise<T> {
    const { method, timeoutMs } = this;
    const signals = this.#signals();
    let forget: (() => void)[] = [];
    let timer: NodeJS.Timeout | undefined;
    const end = new Promise<never>((_, reject) => {
      forget = signals.map((signal) => onAbort(signal, (reason) => reject(abortError(reason, method))));
      if (timeoutMs === undefined || timeoutMs > maxTimerMs) return;
      timer = setTimeout(() => reject(deadlineExceeded(method)), coarseMs(timeoutMs));
    });
    try {
      return await Promise.race([work, end]);
    } finally {
      clearTimeout(timer);
      for (const one of forget) one();
    }
  }

  /**
   * Makes the call of a unary method, which ends with its scope, its signal or its deadline, whichever comes first.
   *
   * @throws MeshError if that is now: such a call is not started
   */
  send(transport: Transport): Promise<unknown> {
    const { upstream, method } = this;
    const scope = isShort(this.context) ? this.context : undefined;
    const signals = this.#signals(scope !== undefined);
    const { deadline, headers, listeners, tried, split } = this.#init();
    const call = new UnaryCall({ upstream, method, message: this.#input, deadline, headers, listeners, tried, split });
    scope?.onAbort((reason) => call.cancel(abortError(reason, method)));
    if (!call.isOver) transport.unary(call);
    return signals.length === 0 ? call.response : endedBy(signals, call);
  }

  /** Starts the call of another method, which ends likewise, and sends its requests. Throws likewise. */
  start(transport: Transport): OutgoingStream<unknown> {
    const { method } = this;
    const only = this.#takesStream ? undefined : this.format.write(method.input, this.#input);
    const signals = this.#signals();
    this.startedAt = Date.now();
    const stream = transport.start(method, this.#init());
    for (const signal of signals) {
      void stream.ended.then(onAbort(signal, (reason) => stream.cancel(abortError(reason, method))));
    }
    if (only) stream.finish(only);
    else void this.#sendAll(stream);
    this.onStart?.(stream);
    return stream;
  }

  /** Returns the signals that may end the call, maybe without that of its scope. @throws MeshError if one already has */
  #signals(withoutScope = false): readonly AbortSignal[] {
    if ((withoutScope || !this.context) && !this.#options?.signal) return none;
    const signals: AbortSignal[] = [];
    for (const signal of [withoutScope ? undefined : this.context?.signal, this.#options?.signal]) {
      if (signal?.aborted) throw abortError(signal.reason, this.method);
      if (signal) signals.push(signal);
    }
    return signals;
  }

  /** Returns the parts that calls of all kinds have. */
  #init(): StartInit {
    const deadline = Date.now() + (this.timeoutMs ?? Number.POSITIVE_INFINITY);
    const listeners = this.#options;
    return { deadline, headers: this.headers, listeners, tried: this.#tried, split: this.policy.split };
  }

  /** Sends requests as they come, each once there is room for it. If that fails, the call ends with the error. */
  async #sendAll(stream: OutgoingStream<unknown>): Promise<void> {
    // The caller's types say so.
    const source = (this.#input as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    // A source that waits for something, as most do, would otherwise wait on after the call.
    void stream.ended.then(() => source.return?.()).catch(() => undefined);
    try {
      for (let step = await source.next(); !step.done; step = await source.next()) {
        await stream.send(this.format.write(this.method.input, this.#map(step.value)));
      }
      stream.finish();
    } catch (error) {
      stream.cancel(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** Has signals end a call. Returns its response. */
async function endedBy(signals: readonly AbortSignal[], call: UnaryCall): Promise<unknown> {
  const forget = signals.map((signal) => onAbort(signal, (reason) => call.cancel(abortError(reason, call.method))));
  try {
    return await call.response;
  } finally {
    for (const one of forget) one();
  }
}
