import { MeshError, type MethodDefinition } from "@mesh/contracts";
import type { Health, Logger } from "@mesh/runtime";
import { deadlineExceeded } from "../deadline.ts";
import { defaultInFlight, type InFlightLimits } from "../limits.ts";
import { accessLog } from "./access-log.ts";
import { openCall } from "./call.ts";
import { hideUndeclaredErrors } from "./errors.ts";
import type { Route } from "./grpc-server.ts";
import { limitHeaders } from "./headers.ts";
import { healthService } from "./health.ts";
import type { Implementation } from "./implement.ts";
import { limitInFlight } from "./in-flight.ts";
import type { IncomingCall } from "./incoming.ts";
import { compose, type Middleware } from "./middleware.ts";
import type { OpenCalls } from "./open-calls.ts";
import { reflectionServices } from "./reflection.ts";
import { runHandler } from "./run-handler.ts";
import { limitTime } from "./time-limit.ts";

/** What the routes of a server are made from. */
export interface RoutesInit {
  readonly services: readonly Implementation[];
  readonly log: Logger;
  readonly health: Health;
  readonly calls: OpenCalls;
  readonly descriptorSet?: string | undefined;
  readonly inFlight?: InFlightLimits | undefined;
}

/**
 * The way of each call to its handler, by path. The server's own services have limits of their own: an orchestrator must
 * get an answer about its health also, and above all, under load.
 */
export function routesOf(init: RoutesInit): ReadonlyMap<string, Route> {
  const { services, health, descriptorSet, inFlight = defaultInFlight } = init;
  const names = services.map(({ definition }) => definition.typeName);
  const healthImplementation = healthService(health, names);
  const listed = [...names, healthImplementation.definition.typeName];
  const reflection = descriptorSet ? reflectionServices(descriptorSet, listed) : [];
  const routes = new Map<string, Route>();
  addRoutes(routes, init, services, layers("debug", inFlight));
  addRoutes(routes, init, [healthImplementation, ...reflection], layers("trace", defaultInFlight));
  return routes;
}

function layers(logLevel: "debug" | "trace", inFlight: InFlightLimits): Middleware[] {
  return [accessLog(logLevel), hideUndeclaredErrors, limitHeaders, limitTime, limitInFlight(inFlight)];
}

function addRoutes(
  routes: Map<string, Route>,
  { log, calls }: RoutesInit,
  services: readonly Implementation[],
  around: readonly Middleware[],
): void {
  const run = compose(around, runHandler);
  for (const { method, handler } of services.flatMap(({ methods }) => methods)) {
    if (routes.has(method.path)) throw new Error(`${method.path} is implemented twice`);
    routes.set(method.path, (incoming) => {
      const call = openCall(method, handler, incoming, log);
      void calls.answer(call, run);
      return () => call.abort(endOf(method, incoming));
    });
  }
}

/** Why a call is over before it was answered: grpc-js ends it at the caller's deadline, and when the caller leaves. */
function endOf(method: MethodDefinition, { deadline }: IncomingCall): MeshError {
  if (Date.now() >= deadline - 1) return deadlineExceeded(method);
  return new MeshError({ code: "CANCELLED", message: "the caller is gone" });
}
