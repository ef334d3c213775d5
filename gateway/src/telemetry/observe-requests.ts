import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import {
  drawTrace,
  endSpan,
  parseTrace,
  runInSpan,
  startSpan,
  type TraceContext,
  traceHeader,
  traceStateHeader,
} from "@mesh/runtime";
import { metering, tracing } from "./instruments.ts";
import { measured, methodOf, spanOptionsOf } from "./request-attributes.ts";

/** A request that is observed. */
interface ObservedRequest {
  readonly method: string;
  readonly trace: TraceContext | undefined;
  /** The route that matches; undefined: none does. */
  route: string | undefined;
}

const state = Symbol("what is observed");

interface ObservedResponse extends ServerResponse {
  [state]?: ObservedRequest;
}

/**
 * Runs each request with a span and a measurement, by OpenTelemetry's conventions for HTTP. While no SDK is registered, it
 * only runs them.
 */
export function observeRequests(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (!tracing.tracer && !metering.instruments) return listener(request, response);
    const { trace } = begin(request, response);
    if (!trace?.span) return listener(request, response);
    runInSpan(trace.span, () => listener(request, response), undefined);
  };
}

/** Returns the trace of a request; undefined: no SDK is registered, or the request says that it is not sampled. */
export function requestTrace(response: ObservedResponse): TraceContext | undefined {
  return response[state]?.trace;
}

/** Notes which route a request has: one of a fixed list, never its path. */
export function setRoute(response: ObservedResponse, route: string): void {
  const request = response[state];
  if (request) request.route = route;
}

/** Returns the trace that the headers of a request have; undefined: they have none. */
export function receivedTrace({ headers }: IncomingMessage): TraceContext | undefined {
  return parseTrace(first(headers[traceHeader]), first(headers[traceStateHeader]));
}

function first(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.[0];
}

/** Returns the trace of a client as the gateway records it. */
function parentOf(request: IncomingMessage): TraceContext | undefined {
  const received = receivedTrace(request);
  return received && drawTrace(received);
}

function begin(request: IncomingMessage, response: ObservedResponse): ObservedRequest {
  const startedAt = performance.now();
  const method = methodOf(request.method);
  const { tracer } = tracing;
  const trace = tracer && startSpan(tracer, method, spanOptionsOf(method), parentOf(request));
  const observed: ObservedRequest = { method, trace, route: undefined };
  response[state] = observed;
  response.once("close", () => end(observed, response, startedAt));
  return observed;
}

function end({ method, route, trace }: ObservedRequest, response: ServerResponse, startedAt: number): void {
  const status = response.headersSent ? response.statusCode : undefined;
  metering.instruments?.duration.record((performance.now() - startedAt) / 1_000, measured(method, route, status));
  const span = trace?.span;
  if (!span) return;
  if (route !== undefined) span.updateName(`${method} ${route}`).setAttribute("http.route", route);
  if (status !== undefined) span.setAttribute("http.response.status_code", status);
  endSpan(span, status !== undefined && status >= 500 ? `${status}` : undefined);
}
