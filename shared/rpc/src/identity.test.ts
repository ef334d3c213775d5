import { createHealth, formatTrace, newTrace, type Scope } from "@mesh/runtime";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import { EchoService } from "../fixtures/echo.ts";
import { type TestAuthority, testAuthority } from "../fixtures/identities.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, echo, scopeWith } from "../fixtures/servers.ts";
import { type ClientMiddleware, connect, createTokens } from "./index.ts";

let authority: TestAuthority;
beforeAll(async () => {
  authority = await testAuthority();
});

/** The tokens of a process of the mesh. */
const tokensOf = async (name: string) => createTokens(await authority.identity(name));

/** Serves a method that notes its scopes. */
async function noting(options: Parameters<typeof echo>[1] = {}) {
  const scopes: Scope[] = [];
  const served = await echo(
    {
      async unary(request, scope) {
        scopes.push(scope);
        return request;
      },
      async *down(request, scope) {
        scopes.push(scope);
        yield request;
      },
    },
    options,
  );
  return { ...served, scopes };
}

test("trace and principal go with a bound call, over two hops", async () => {
  const { scopes, server: last } = await noting({ tokens: await tokensOf("payments") });
  // It has no tokens of its own to send: it passes on what it received.
  const orders = await tokensOf("orders");
  const inner = connect(EchoService, { address: last.address, tokens: orders });
  const first = await echo({ unary: (request, scope) => inner.bind(scope).unary(request) }, { tokens: orders });
  const upstream = connect(EchoService, { address: first.server.address, tokens: await tokensOf("gateway") });
  onTestFinished(async () => void (await Promise.all([inner.close(), upstream.close()])));
  const scope = scopeWith({ principal: { kind: "customer", id: "c-1" }, parent: newTrace() });
  await upstream.bind(scope).unary({});
  const [seen] = scopes;
  expect(seen?.principal).toEqual({ kind: "customer", id: "c-1" });
  expect(seen?.trace.traceId).toBe(scope.trace.traceId);
  expect(seen?.trace.spanId).not.toBe(scope.trace.spanId);
});

test("a call outside of a scope has no principal, and a trace of its own", async () => {
  const { scopes, client } = await noting();
  await client.unary({});
  await collect(client.down({}));
  const [first, second] = scopes;
  expect([first?.principal, second?.principal]).toEqual([undefined, undefined]);
  expect(first?.trace.traceId).not.toBe(second?.trace.traceId);
});

test("headers that an outer middleware adds go with every call, and replace none of the mesh's own", async () => {
  const gateway = await tokensOf("gateway");
  const { scopes, server } = await noting({ tokens: gateway });
  const token = await gateway.issue({ kind: "customer", id: "c-2" }, Date.now() + 5_000);
  const headers = { "mesh-token": token, traceparent: formatTrace(newTrace()) };
  const addHeaders: ClientMiddleware = async (call, next) => {
    Object.assign(call.headers, headers);
    return next();
  };
  const upstream = connect(EchoService, {
    address: server.address,
    tokens: gateway,
    middleware: (defaults) => [addHeaders, ...defaults],
  });
  onTestFinished(upstream.close);
  await upstream.client.unary({});
  await upstream.bind(scopeWith({ principal: { kind: "customer", id: "c-1" } })).unary({});
  expect(scopes.map(({ principal }) => principal?.id)).toEqual(["c-2", "c-1"]);
  expect(scopes.map(({ trace }) => headers.traceparent.includes(trace.traceId))).toEqual([false, false]);
});

test("a trace that is malformed is as good as none, and so is a principal without a proof", async () => {
  const { scopes, server } = await noting();
  const headers = { "mesh-principal": "customer:c-1", traceparent: "00-zz-zz-01" };
  const { error } = await rawClient(server.address).unary("/test.v1.EchoService/Unary", new Uint8Array(), headers);
  expect(error).toBeNull();
  expect(scopes[0]?.principal).toBeUndefined();
  expect(scopes[0]?.trace.traceId).toMatch(/^[\da-f]{32}$/);
});

test("each call leaves one line: at debug, at info where it failed by our fault, and never what was said", async () => {
  const { log, lines } = capturedLog("debug");
  const { client, server } = await echo(
    {
      unary: async (request) => request,
      brief: () => new Promise(() => {}),
      async *down() {
        yield { text: "secret", number: 1 };
        throw new Error("a cause");
      },
    },
    { log, health: createHealth() },
  );
  await client.unary({ text: "secret" });
  // Without a deadline of its own this client does not leave before the server's.
  await rawClient(server.address).unary("/test.v1.EchoService/Brief", new Uint8Array());
  await collect(client.down({ text: "secret" })).catch(() => undefined);
  await rawClient(server.address).unary("/grpc.health.v1.Health/Check", new Uint8Array());
  await expect.poll(() => lines.filter(({ msg }) => msg === "call")).toHaveLength(3);
  const calls = lines.filter(({ msg }) => msg === "call");
  expect(calls).toMatchObject([
    { level: 20, method: "test.v1.EchoService/Unary", code: "OK", peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
    { level: 30, method: "test.v1.EchoService/Brief", code: "DEADLINE_EXCEEDED" },
    { level: 30, method: "test.v1.EchoService/Down", code: "INTERNAL" },
  ]);
  for (const call of calls) expect(call).toMatchObject({ ms: expect.any(Number), traceId: expect.any(String) });
  expect(JSON.stringify(lines)).not.toContain("secret");
});
