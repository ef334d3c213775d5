import type { IncomingMessage, ServerResponse } from "node:http";
import type { ClientOf, ServiceDefinition } from "@mesh/contracts";
import { type Logger, openScope, type Scope, type TraceContext } from "@mesh/runtime";
import type { TRPCProcedureType } from "@trpc/server";
import type { Caller } from "./auth.ts";
import { addressOf } from "./http/address.ts";
import type { Limits } from "./limits.ts";
import type { services } from "./router.ts";
import type { Streams } from "./streams.ts";

/** Clients of all services, by their name in the mesh. */
export type Peers = {
  readonly [K in keyof typeof services]: (typeof services)[K] extends ServiceDefinition<infer T> ? ClientOf<T> : never;
};

/** What a procedure gets beside its input. */
export interface Call {
  /** Deadline, cancellation, identity, trace and log of this call. */
  readonly scope: Scope;
  /** The services, called within this scope. */
  readonly peers: Peers;
}

/** What belongs to one HTTP request, which may carry a batch of calls. */
export interface Context {
  readonly caller: Caller;
  /**
   * Opens one call.
   *
   * @param left aborts when the client leaves; undefined: it can't
   * @throws MeshError when there are too many subscriptions
   */
  open(type: TRPCProcedureType, left: AbortSignal | undefined): Call;
}

/** Makes the context of a request. `parent`: the trace it came with. */
export type ContextOf = (
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
  parent: TraceContext | undefined,
) => Context;

/** What the context of a request is made of. */
export interface ContextParts {
  readonly bind: (scope: Scope) => Peers;
  readonly streams: Streams;
  /** How many proxies stand in front of the gateway. */
  readonly proxies: number;
  readonly limits: Pick<Limits, "queryTimeoutMs" | "mutationTimeoutMs" | "streamMs">;
  readonly log: Logger;
}

/** A call gets the time its kind has; a subscription also ends when the gateway says so. */
export function contexts({ bind, streams, proxies, limits, log }: ContextParts): ContextOf {
  const timeouts = {
    query: limits.queryTimeoutMs,
    mutation: limits.mutationTimeoutMs,
    // The signal ends a subscription before this.
    subscription: 2 * limits.streamMs,
  };
  return (caller, request, response, parent) => ({
    caller,
    open(type, left = new AbortController().signal) {
      const { principal } = caller;
      const subscriber = { customer: principal.id, address: addressOf(request, proxies) };
      const signal = type === "subscription" ? AbortSignal.any([left, streams.open(subscriber, response)]) : left;
      const scope = openScope({ signal, timeoutMs: timeouts[type], log, principal, parent });
      return { scope, peers: bind(scope) };
    },
  });
}
