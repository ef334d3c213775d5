import type { IncomingMessage, ServerResponse } from "node:http";
import type { MethodDefinition } from "@mesh/contracts";
import type { PeerClients, PeerDefinitions } from "@mesh/rpc";
import type { Scope, TraceContext } from "@mesh/runtime";
import type { TRPCProcedureType } from "@trpc/server";
import type { ResponseCache } from "../cache/response-cache.ts";
import type { Caller } from "../identity/caller.ts";
import type { Limits } from "../limits/limits.ts";
import type { GatewayState } from "../state/gateway-state.ts";

/** One HTTP request, which may carry a batch of calls. */
export interface GatewayRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  /** The client's IP address, behind the proxies. */
  readonly address: string;
  /** The trace that the request belongs to. All calls of a batch have the same. */
  readonly trace: TraceContext;
}

/** A procedure that is called, by tRPC or by REST. */
export interface Procedure {
  /** The service and the method, such as `orders.placeOrder`. */
  readonly path: string;
  readonly type: TRPCProcedureType;
  /** The scopes that its callers must hold. */
  readonly scopes: readonly string[];
  /** Whether it sends or gets a file, which takes longer than a message. Default: no. */
  readonly isFile?: boolean;
  /** The method that it calls, with the other options of the contract; absent: it is written by hand. */
  readonly method?: MethodDefinition;
}

/** A call of a procedure, by tRPC or by REST, as middleware sees it. */
export interface ProcedureCall extends GatewayRequest {
  readonly procedure: Procedure;
  /** What the procedure gets besides its input. `next(added)` merges more into it. */
  readonly context: ProcedureContext;
  readonly limits: Limits;
  /** What the gateway keeps between calls, in its database if it has one. */
  readonly state: GatewayState;
  /** The responses that the gateway keeps. */
  readonly responses: ResponseCache;
  /** Ends a subscription in such a way that its client opens it again. Does nothing to other calls. */
  end(reason: string): void;
  /** Calls back when the response is closed, or immediately if it is. */
  onClosed(callback: () => void): void;
}

/**
 * Returns the response to a request, from a cache or by `load`.
 *
 * @param request as the schema of the method returns it
 * @param load calls the service, as part of a scope that need not be that of the caller
 */
export type Reuse = (request: unknown, load: (scope: Scope) => unknown) => Promise<unknown>;

/** What a procedure gets besides its input. Middleware may add more. */
export interface ProcedureContext<S extends PeerDefinitions = PeerDefinitions> {
  readonly caller: Caller;
  /** The deadline, cancellation, principal, trace and log of this call. */
  readonly scope: Scope;
  /** The Idempotency-Key of a mutation; absent: it has none. Pass it on to what a procedure written by hand calls. */
  readonly idempotencyKey?: string;
  /** Clients of the services. Their calls belong to this call. */
  readonly peers: PeerClients<S>;
  /** Finds the responses of the method. Absent: each call reaches the service. `cacheResponses` adds it. */
  readonly reuse?: Reuse | undefined;
}
