import { type CatalogueRoute, routesOf } from "@mesh/codegen/catalogue/http";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOfOption } from "@mesh/codegen/position";
import type { Break } from "../break.ts";
import { type MethodPair, methodLabel } from "./method-pair.ts";

/** The parts of a route that REST clients rely on. */
interface Route {
  readonly httpMethod: string;
  readonly path: string;
  /** The field that the body sets. `*` is every field that the path does not set. Empty: no body. */
  readonly body: string;
  /** The field that the response body contains. Empty: the whole response. */
  readonly responseBody: string;
}

/** Finds the routes of a method that were removed, or whose body or response changed. */
export function changedRoutes({ old, now, before, after }: MethodPair): Break[] {
  const isExposed = before.options.method(old)?.gateway && after.options.method(now)?.gateway;
  if (!isExposed) return [];
  const routes = routesOf(now, after.options).map(routeOf);
  return routesOf(old, before.options)
    .map(routeOf)
    .flatMap((route) => {
      const what = changeOf(route, routes);
      const position = positionOfOption(now, routes.length === 0 ? optionPaths.method : optionPaths.http);
      const fix = `keep it in additional_bindings: ${print(route)}`;
      return what ? [{ position, isOld: false, what: `${methodLabel(now)}: ${what}`, affected: restOnly, fix }] : [];
    });
}

const restOnly = new Set(["REST clients"] as const);

function routeOf({ httpMethod, path, body, responseBody }: CatalogueRoute): Route {
  const field = typeof body === "object" ? body.name : (body ?? "");
  return { httpMethod, path, body: field, responseBody: responseBody?.name ?? "" };
}

function changeOf(route: Route, routes: readonly Route[]): string | undefined {
  const name = `${route.httpMethod} ${route.path}`;
  const same = routes.find(
    ({ httpMethod, path }) => httpMethod === route.httpMethod && shapeOf(path) === shapeOf(route.path),
  );
  if (!same) return `the route ${name} was removed`;
  if (same.body !== route.body) return `the body of ${name} is ${bodyText(same)}, was ${bodyText(route)}`;
  if (same.responseBody === route.responseBody) return undefined;
  return `the response of ${name} is ${responseText(same)}, was ${responseText(route)}`;
}

/** Replaces the variables of a path by their patterns. The names of variables do not matter to clients. */
function shapeOf(path: string): string {
  return path.replace(/\{[^{}=]*(?:=([^{}]*))?\}/g, (_, pattern: string | undefined) => pattern ?? "*");
}

function bodyText({ body }: Route): string {
  if (body === "") return "empty";
  return body === "*" ? "the message" : body;
}

function responseText({ responseBody }: Route): string {
  return responseBody || "the whole message";
}

/** Prints a route as in a contract: `{get: "/v1/orders/{id}"}`. */
function print({ httpMethod, path, body, responseBody }: Route): string {
  const isStandard = ["GET", "PUT", "POST", "DELETE", "PATCH"].includes(httpMethod);
  const pattern = isStandard
    ? `${httpMethod.toLowerCase()}: "${path}"`
    : `custom: {kind: "${httpMethod}" path: "${path}"}`;
  return `{${[pattern, body && `body: "${body}"`, responseBody && `response_body: "${responseBody}"`].filter(Boolean).join(" ")}}`;
}
