import type { HeaderValue, MeshError, MethodDefinition, Principal } from "@mesh/contracts";
import type { LogLevel, Next, Scope } from "@mesh/runtime";
import type { CallPolicy } from "../policy/call-policy.ts";
import type { SilenceLimits } from "./silence.ts";

/** The most calls that a server runs at the same time, over all connections. */
export interface InFlightLimits {
  /** The most unary calls. */
  readonly unary: number;
  /** The most streaming calls, which are long and mostly idle. */
  readonly streams: number;
}

/** The calls that a server runs now, and the most that it may run. */
export interface InFlight {
  readonly unary: number;
  readonly streams: number;
  /** The limits now. */
  readonly limits: InFlightLimits;
  /** Returns whether there is no room for a call of a method. The log has how many are rejected. */
  rejects(method: MethodDefinition): boolean;
  /** Counts a call that begins. */
  begin(method: MethodDefinition): void;
  /**
   * Counts a call whose handler has ended.
   *
   * @param ms its duration; undefined: it failed, and says nothing of the load
   */
  end(method: MethodDefinition, ms: number | undefined): void;
}

/** The caller and the headers of a call that a server received. */
export interface CallHeaders {
  /**
   * The name of the process that calls, as its certificate has it: `orders`, `gateway`. The first one, if it has several.
   * Undefined without an identity.
   */
  readonly caller: string | undefined;
  /** All names of the process that calls. Several if it is a process of several services, none without an identity. */
  readonly callerNames: readonly string[];
  /** The first value of a header, named in small letters; undefined: it was not sent. */
  header<Name extends string>(name: Name): HeaderValue<Name> | undefined;
  /**
   * Sets a header of the response. Headers are sent with the first message.
   *
   * @throws Error if gRPC does not allow the name or the value, the headers have been sent, or they would be larger than 4 KiB
   */
  setHeader<Name extends string>(name: Name, value: HeaderValue<Name>): void;
  /**
   * Checks a response, or the part of one with its owner, before the handler goes on: that it belongs to the customer for whom the
   * call is made, if the method has the option `owner`. Every response is checked when it is sent, too.
   *
   * @throws MeshError NOT_FOUND if it belongs to another customer
   */
  checkResponse(response: unknown): void;
  /** Sets a trailer of the response, which is sent at its end, also after an error. Throws as `setHeader` does. */
  setTrailer<Name extends string>(name: Name, value: HeaderValue<Name>): void;
}

/**
 * The scope of a handler, and the headers of its call.
 *
 * @example
 * ```ts
 * import { PaymentError, PaymentService } from "@mesh/contracts/payments/v1";
 * import { type CallScope, implement } from "@mesh/rpc";
 *
 * const unknown = async ({ orderId }: { orderId: string }, { call }: CallScope) => {
 *   const tenant = call.header("x-tenant") ?? "none"; // a string; bytes if the name ends in -bin
 *   call.setHeader("x-tenant", tenant);
 *   call.setTrailer("x-digest-bin", new Uint8Array([1, 2, 3]));
 *   throw PaymentError.paymentNotFound({ orderId });
 * };
 * const payments = implement(PaymentService, { getPayment: unknown, refundPayment: unknown });
 * ```
 */
export interface CallScope extends Scope {
  readonly call: CallHeaders;
}

/** A call that a server received, as its middleware sees it. */
export interface ServerCall<Context extends Scope = Scope> extends CallHeaders {
  readonly method: MethodDefinition;
  /** What the handler gets beside the request. `next(added)` merges more into it. */
  readonly context: Context;
  /** The caller's address, `host:port`. */
  readonly peer: string;
  /** The calls that the server runs now, and the most that it may run. */
  readonly inFlight: InFlight;
  /** The names of the processes that may call every method. */
  readonly operators: readonly string[];
  /**
   * Returns the principal of a token.
   *
   * @throws MeshError UNAUTHENTICATED (or rejects with it) if the token is not valid; the log has the reason
   */
  verifyToken(token: string): Principal | Promise<Principal>;
  /** What the policy of the mesh says of the call. */
  readonly policy: CallPolicy;
  /** The size of all headers in bytes, as HTTP/2 counts it. */
  headerBytes(): number;
  /** Whether lines of a level are written. Unlike `context.log`, it makes no logger for the call. */
  isLogged(level: LogLevel): boolean;
  /**
   * The request of a unary or server-streaming method. It is read when it is first asked for.
   *
   * @throws MeshError INVALID_ARGUMENT if it is missing, malformed or not the only one
   */
  request(): Promise<unknown>;
  /** Passes every request through a function before the handler, or a later middleware, gets it. */
  mapRequests(map: (request: unknown) => unknown): void;
  /** Passes every response to a function before it is sent. If it throws, the call fails with its error. */
  checkResponses(check: (response: unknown) => void): void;
  /** Aborts the call when the handler waits for a request longer than the limits say. */
  limitSilence(limits: SilenceLimits): void;
  /** Aborts the call when its deadline has passed. */
  limitTime(): void;
  /** Resolves with the result of the work. Rejects with the error that `abort` is given if that is first. */
  race<T>(work: Promise<T>): Promise<T>;
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
