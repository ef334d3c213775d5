import type { HttpRoute, MethodDefinition } from "@mesh/contracts";
import { describe, expect, it } from "vitest";
import { routeFinder } from "./find-route.ts";
import { pathValues } from "./path-values.ts";
import type { Route } from "./routes.ts";

type Template = Pick<HttpRoute, "segments"> & Partial<HttpRoute>;

function routeOf(template: Template): Route {
  const http: HttpRoute = {
    ...{ method: "GET", path: "", verb: "", variables: [], body: "", responseBody: "", idempotencyKey: "" },
    ...template,
  };
  const procedure = { path: "orders.getOrder", type: "query", scopes: [] } as const;
  return { http, method: {} as MethodDefinition, procedure, call: async () => undefined };
}

/** `GET v1/orders/* :cancel`, with the one variable that its `*` and `**` are. */
function route(text: string): Route {
  const [, method = "", path = "", verb = ""] = /^(\S+) (\S*?)(?: :(\w+))?$/.exec(text) ?? [];
  const segments = path.split("/");
  const start = segments.findIndex((segment) => segment.startsWith("*"));
  const variables = start < 0 ? [] : [{ field: "id", start, end: segments.length }];
  return routeOf({ method, path: text, segments, verb, variables });
}

const find = routeFinder(
  [
    "GET v1/orders",
    "POST v1/orders",
    "GET v1/orders/*",
    "GET v1/orders/mine",
    "GET v1/orders/@me",
    "POST v1/orders/* :cancel",
    "GET v1/orders :search",
    "GET v1/files/**",
    "GET v1/files/** :read",
    "GET v1/files/a/*",
    "GET v1/mixed/**",
    "GET v1/mixed/*",
    "DELETE v1/*/x",
    "* v1/any",
    "PUT v1/any",
  ].map(route),
);

function found(method: string, path: string) {
  const { match, ...rest } = find(method, path);
  if (!match) return rest;
  return [match.route.http.path, ...pathValues(match).map(({ text }) => text)];
}

describe("a request", () => {
  it.each([
    ["GET", "/v1/orders", ["GET v1/orders"]],
    ["POST", "/v1/orders", ["POST v1/orders"]],
    ["HEAD", "/v1/orders", ["GET v1/orders"]],
    ["GET", "/v1/orders/7", ["GET v1/orders/*", "7"]],
    ["GET", "/v1/orders/mine", ["GET v1/orders/mine"]],
    ["GET", "/v1/orders/@me", ["GET v1/orders/@me"]],
    ["GET", "/v1/orders/%40me", ["GET v1/orders/@me"]],
    ["GET", "/v1/%6frders/m%69ne", ["GET v1/orders/mine"]],
    ["GET", "/v1%2Forders/mine", { allowed: [] }],
    ["POST", "/v1/orders/7%3Acancel", { allowed: ["GET", "HEAD"] }],
    ["GET", "/v1/orders/7%3Acancel", ["GET v1/orders/*", "7:cancel"]],
    ["GET", "/v1/orders/a%2Fb%20%C3%A4", ["GET v1/orders/*", "a/b ä"]],
    ["POST", "/v1/orders/7:cancel", ["POST v1/orders/* :cancel", "7"]],
    ["POST", "/v1/orders/a:b:cancel", ["POST v1/orders/* :cancel", "a:b"]],
    ["GET", "/v1/orders/a:b", ["GET v1/orders/*", "a:b"]],
    ["GET", "/v1/orders:search", ["GET v1/orders :search"]],
    ["GET", "/v1/files", ["GET v1/files/**", ""]],
    ["GET", "/v1/files/x/y%2fz%20/", ["GET v1/files/**", "x/y%2fz /"]],
    ["GET", "/v1/files/x/y:read", ["GET v1/files/** :read", "x/y"]],
    ["GET", "/v1/files/a/b", ["GET v1/files/a/*", "b"]],
    ["GET", "/v1/files/a/b/c", ["GET v1/files/**", "a/b/c"]],
    ["GET", "/v1/mixed/a", ["GET v1/mixed/*", "a"]],
    ["GET", "/v1/mixed/", ["GET v1/mixed/**", ""]],
    ["DELETE", "/v1/orders/x", ["DELETE v1/*/x", "orders/x"]],
    ["PATCH", "/v1/any", ["* v1/any"]],
    ["PUT", "/v1/any", ["PUT v1/any"]],
  ])("%s %s finds its route and its values", (method, path, expected) => {
    expect(found(method, path)).toEqual(expected);
  });

  it.each([
    ["DELETE", "/v1/orders", ["GET", "HEAD", "POST"]],
    ["POST", "/v1/orders/7", ["GET", "HEAD"]],
    ["GET", "/v1/orders/7:cancel", ["GET v1/orders/*", "7:cancel"]],
    ["PUT", "/v1/orders/7:cancel", ["POST", "GET", "HEAD"]],
    ["PUT", "/v1/orders/x", ["GET", "HEAD", "DELETE"]],
  ])("%s %s gets the methods that the path has", (method, path, expected) => {
    const result = found(method, path);
    expect("allowed" in result ? result.allowed : result).toEqual(expected);
  });

  it.each([
    "/",
    "",
    "/v1",
    "/v1/orders/",
    "/v1/orders/1/2",
    "/V1/orders",
    "/v1//orders",
    "/__proto__",
    "/v1/constructor",
  ])("for %j finds nothing", (path) => {
    expect(found("GET", path)).toEqual({ allowed: [] });
  });

  it("with a path that is not percent-encoded is rejected", () => {
    for (const path of ["/v1/orders/%", "/v1/orders/%zz", "/v1/orders/%FF", "/v1/files/%FF"]) {
      expect(() => found("GET", path)).toThrow("not percent-encoded");
    }
  });

  it("with thousands of segments costs no more than the tree", () => {
    const long = `/v1/files/${"a/".repeat(8_000)}`;
    const started = performance.now();
    for (let i = 0; i < 20; i++) found("GET", long);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
