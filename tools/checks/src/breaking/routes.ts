import { type CatalogueRoute, routesOf } from "@mesh/codegen/catalogue/http";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOfOption } from "@mesh/codegen/position";
import type { Break } from "./break.ts";
import { type MethodPair, nameOf } from "./methods.ts";

/** What callers know of a route. */
interface Route {
  readonly httpMethod: string;
  readonly path: string;
  /** The field that the body is, `*`: all that the path does not name; empty: there is no body. */
  readonly body: string;
  /** The field that the answer's body is; empty: the whole answer. */
  readonly responseBody: string;
}

/** The routes that a method had and that no longer lead to it, or lead to it otherwise. */
export function changedRoutes({ old, now, before, after }: MethodPair): Break[] {
  const isExposed = before.options.method(old)?.gateway && after.options.method(now)?.gateway;
  if (!isExposed) return [];
  const routes = routesOf(now, after.options).map(known);
  return routesOf(old, before.options)
    .map(known)
    .flatMap((route) => {
      const what = changeOf(route, routes);
      const position = positionOfOption(now, routes.length === 0 ? optionPaths.method : optionPaths.http);
      const mend = `keep it, among additional_bindings: ${written(route)}`;
      return what ? [{ position, isOld: false, what: `${nameOf(now)}: ${what}`, who: restOnly, mend }] : [];
    });
}

const restOnly = new Set(["REST clients"] as const);

function known({ httpMethod, path, body, responseBody }: CatalogueRoute): Route {
  const field = typeof body === "object" ? body.name : (body ?? "");
  return { httpMethod, path, body: field, responseBody: responseBody?.name ?? "" };
}

function changeOf(route: Route, routes: readonly Route[]): string | undefined {
  const name = `${route.httpMethod} ${route.path}`;
  const same = routes.find(
    ({ httpMethod, path }) => httpMethod === route.httpMethod && shapeOf(path) === shapeOf(route.path),
  );
  if (!same) return `the route ${name} is gone`;
  if (same.body !== route.body) return `the body of ${name} is ${bodyText(same)}, was ${bodyText(route)}`;
  if (same.responseBody === route.responseBody) return undefined;
  return `${name} answers with ${answerText(same)}, was ${answerText(route)}`;
}

/** Which URLs a template matches; what its variables are called is nothing to callers. */
function shapeOf(path: string): string {
  return path.replace(/\{[^{}=]*(?:=([^{}]*))?\}/g, (_, pattern: string | undefined) => pattern ?? "*");
}

function bodyText({ body }: Route): string {
  if (body === "") return "nothing";
  return body === "*" ? "the message" : body;
}

function answerText({ responseBody }: Route): string {
  return responseBody || "the whole message";
}

/** The route as it is written in the contract: `{get: "/v1/orders/{id}"}`. */
function written({ httpMethod, path, body, responseBody }: Route): string {
  const isStandard = ["GET", "PUT", "POST", "DELETE", "PATCH"].includes(httpMethod);
  const pattern = isStandard
    ? `${httpMethod.toLowerCase()}: "${path}"`
    : `custom: {kind: "${httpMethod}" path: "${path}"}`;
  return `{${[pattern, body && `body: "${body}"`, responseBody && `response_body: "${responseBody}"`].filter(Boolean).join(" ")}}`;
}
