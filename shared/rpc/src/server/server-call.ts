import type { MeshError, MethodDefinition } from "@mesh/contracts";
import type { Next, Scope } from "@mesh/runtime";

/** The most calls that a server runs at the same time, over all connections. */
export interface InFlightLimits {
  /** The most unary calls; default: 200. */
  readonly unary: number;
  /** The most streaming calls, which are long and mostly idle; default: 1,000. */
  readonly streams: number;
}

/** The calls that a server runs now, and the most that it may run. */
export interface InFlight {
  unary: number;
  streams: number;
  readonly limits: InFlightLimits;
}

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
