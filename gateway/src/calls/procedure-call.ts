import type { IncomingMessage, ServerResponse } from "node:http";
import type { MethodDefinition } from "@mesh/contracts";
import type { PeerClients, PeerDefinitions } from "@mesh/rpc";
import type { Scope, TraceContext } from "@mesh/runtime";
import type { TRPCProcedureType } from "@trpc/server";
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
  /** Ends a subscription in such a way that its client opens it again. Does nothing to other calls. */
  end(reason: string): void;
  /** Calls back when the response is closed, or immediately if it is. */
  onClosed(callback: () => void): void;
}

/** What a procedure gets besides its input. Middleware may add more. */
export interface ProcedureContext<S extends PeerDefinitions = PeerDefinitions> {
  readonly caller: Caller;
  /** The deadline, cancellation, principal, trace and log of this call. */
  readonly scope: Scope;
  /** The Idempotency-Key of a mutation; absent: it has none. Pass it on to what a procedure written by hand calls. */
  readonly idempotencyKey?: string;
  /** Clients of the services. Their calls belong to this call. */
  readonly peers: PeerClients<S>;
}
