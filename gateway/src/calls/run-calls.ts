import type { IncomingMessage, ServerResponse } from "node:http";
import { MeshError, type Principal } from "@mesh/contracts";
import type { PeerClients, PeerDefinitions } from "@mesh/rpc";
import {
  childSpan,
  compose,
  type Logger,
  newTrace,
  openScope,
  type Scope,
  settled,
  type TraceContext,
} from "@mesh/runtime";
import type { ResponseCache } from "../cache/response-cache.ts";
import { addressOf } from "../http/address.ts";
import type { Admission } from "../http/admission.ts";
import { arrivedAt } from "../http/arrival.ts";
import { onClosed } from "../http/closing.ts";
import type { Caller, Identify } from "../identity/caller.ts";
import type { Limits } from "../limits/limits.ts";
import type { GatewayState } from "../state/gateway-state.ts";
import { subscriptions as observed } from "../telemetry/instruments.ts";
import { receivedTrace, requestTrace } from "../telemetry/observe-requests.ts";
import type { Abortable } from "./leaving.ts";
import type { GatewayMiddleware } from "./middleware.ts";
import type { GatewayRequest, Procedure, ProcedureCall, ProcedureContext } from "./procedure-call.ts";
import { RequestScope } from "./request-scope.ts";
import { untilAborted } from "./until-aborted.ts";

/** Time for the client to close a subscription that was ended, before its connection is cut. */
const cutAfterMs = 1_000;

/** Time from the limit of a subscription to its deadline, whose error its client would see. */
const subscriptionGraceMs = 10_000;

/** Finds out the caller, the address and the trace of a request. Returns no promise if it need not wait. */
export type OpenRequest = (
  request: IncomingMessage,
  response: ServerResponse,
) => GatewayRequest | Promise<GatewayRequest>;

/** Runs a procedure with the context that the middleware made. */
export type RunProcedure = (context: ProcedureContext) => Promise<unknown>;

/**
 * Runs one call: opens its scope, passes it through the middleware, and resolves with its result.
 *
 * @param left aborts when the client leaves
 * @throws MeshError UNAVAILABLE for a subscription while the gateway is shutting down
 */
export type RunCall = (
  request: GatewayRequest,
  procedure: Procedure,
  left: Abortable,
  run: RunProcedure,
) => Promise<unknown>;

/** The calls of one gateway. */
export interface CallRunner {
  readonly open: OpenRequest;
  readonly run: RunCall;
  /** Ends the subscriptions of a session that is over; undefined: of all sessions, whose clients open them again. */
  endSession(sessionId: string | undefined): void;
  /** Ends all subscriptions and opens no more. */
  close(): void;
}

/** Options of a call runner. */
export interface CallRunnerOptions {
  /** The outermost first. */
  readonly middleware: readonly GatewayMiddleware[];
  readonly identify: Identify;
  /** How many proxies are in front of the gateway. */
  readonly proxies: number;
  /** Makes clients of the services whose calls belong to a scope. */
  readonly bind: (scope: Scope) => PeerClients<PeerDefinitions>;
  readonly limits: Limits;
  /** Counts the requests that run. Default: they have no limit. */
  readonly admission?: Admission;
  readonly state: GatewayState;
  /** The responses that the gateway keeps. */
  readonly responses: ResponseCache;
  readonly log: Logger;
}

const traceId = Symbol("the id of its trace");

interface TracedResponse extends ServerResponse {
  [traceId]?: string;
}

/** Returns the id of the trace of a request. Undefined before it is opened. */
export function traceIdOf(response: TracedResponse): string | undefined {
  return response[traceId];
}

interface RunningCall extends ProcedureCall {
  readonly run: RunProcedure;
}

type EndCall = ProcedureCall["end"];

/** Makes the runner of a gateway's calls. */
export function createCallRunner(options: CallRunnerOptions): CallRunner {
  const { middleware, identify, proxies, bind, limits, admission, state, responses, log } = options;
  const pass = compose<RunningCall>(middleware, ({ run, context }) => run(context));
  const timeoutsMs = {
    query: limits.queryTimeoutMs,
    mutation: limits.mutationTimeoutMs,
    // The middleware ends a subscription before this deadline.
    subscription: limits.streamMs + subscriptionGraceMs,
  };
  const timeoutOf = ({ isFile, method }: Procedure, type: "query" | "mutation") =>
    isFile ? (method?.deadlineMs ?? limits.fileTimeoutMs) : timeoutsMs[type];
  const subscriptions = new Set<ProcedureCall>();
  const forget = observed.add(() => subscriptions.size);
  let isClosing = false;

  function openCall(from: GatewayRequest, procedure: Procedure, scope: Scope, run: RunProcedure, end: EndCall = noEnd) {
    const { request, response, caller, address, trace } = from;
    const context = { caller, scope, peers: bind(scope) };
    return {
      request,
      response,
      caller,
      address,
      trace,
      procedure,
      context,
      run,
      limits,
      state,
      responses,
      end,
      onClosed: (callback: () => void) => onClosed(response, callback),
    };
  }

  async function subscribe(request: GatewayRequest, procedure: Procedure, left: Abortable, run: RunProcedure) {
    const { response, caller, trace } = request;
    // A response that is closed never emits "close", which would free the subscription.
    if (response.closed) throw new MeshError({ code: "CANCELLED", message: "the client left" });
    if (isClosing) throw new MeshError({ code: "UNAVAILABLE", message: "the gateway is shutting down" });
    admission?.release(response);
    const ending = new AbortController();
    const signal = AbortSignal.any([left.signal, ending.signal]);
    const end = (reason: string) => {
      ending.abort(new Error(reason));
      setTimeout(() => response.destroy(), cutAfterMs).unref();
    };
    const own = trace.span ? { trace } : { parent: trace };
    const scope = openScope({
      signal,
      timeoutMs: timeoutsMs.subscription,
      log,
      principal: principalOf(caller),
      ...own,
    });
    const call = openCall(request, procedure, scope, run, end);
    subscriptions.add(call);
    call.onClosed(() => subscriptions.delete(call));
    const messages = await pass(call);
    return isStream(messages) ? untilAborted(messages, signal) : messages;
  }

  return {
    open(request, response: TracedResponse) {
      const trace = requestTrace(response) ?? beginTrace(request);
      response[traceId] = trace.traceId;
      const opened = (caller: Caller) => {
        admission?.admitUser(response, caller.principal);
        return { request, response, caller, address: addressOf(request, proxies), trace };
      };
      const caller = identify(request, response);
      return caller instanceof Promise ? caller.then(opened) : opened(caller);
    },
    run(request, procedure, left, run) {
      if (procedure.type === "subscription") return subscribe(request, procedure, left, run);
      const { trace, caller } = request;
      const timeoutMs = timeoutOf(procedure, procedure.type) - (Date.now() - arrivedAt(request.request));
      if (timeoutMs <= 0) {
        const message = `${procedure.path} did not begin in time`;
        return Promise.reject(new MeshError({ code: "DEADLINE_EXCEEDED", message }));
      }
      const scope = new RequestScope({ left, timeoutMs, principal: principalOf(caller), trace, log });
      return settled(() => pass(openCall(request, procedure, scope, run)));
    },
    endSession(sessionId) {
      for (const { caller, end } of subscriptions) {
        const isMeant = sessionId === undefined ? caller.sessionId !== undefined : caller.sessionId === sessionId;
        if (isMeant) end("the session is over");
      }
    },
    close() {
      isClosing = true;
      forget();
      for (const { end } of subscriptions) end("the gateway is shutting down");
    },
  };
}

/** Returns the span of a request that no SDK observes. */
function beginTrace(request: IncomingMessage): TraceContext {
  const received = receivedTrace(request);
  return received ? childSpan(received) : newTrace();
}

/** Queries and mutations end at their deadline. */
const noEnd: EndCall = () => {};

/** Returns the principal with its scopes, which services check again. */
function principalOf({ principal, scopes }: Caller): Principal {
  return { ...principal, scopes };
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
