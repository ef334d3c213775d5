import { MeshError } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";
import { expect, onTestFinished, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import { EchoService } from "../fixtures/echo.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, echo, echoHandlers, notes, scopeWith, serveEcho } from "../fixtures/servers.ts";
import {
  accessLog,
  type ClientMiddleware,
  connect,
  implement,
  readPrincipal,
  type ServerMiddleware,
  validateRequest,
} from "./index.ts";

const tenant: ServerMiddleware<{ tenant: string }> = async (call, next) => {
  const name = call.header("x-tenant");
  if (!name) throw new MeshError({ code: "UNAUTHENTICATED", message: "the header x-tenant is missing" });
  return next({ tenant: name });
};

/** Sends the header that `tenant` reads. */
const asAcme: ClientMiddleware = async (call, next) => {
  call.headers["x-tenant"] = "acme";
  return next();
};

function connectWith(address: string, middleware: Parameters<typeof connect>[1]["middleware"]) {
  const upstream = connect(EchoService, { address, ...(middleware && { middleware }) });
  onTestFinished(() => upstream.close());
  return upstream;
}

test("a handler gets what the middleware of its service adds, typed, in each kind of method", async () => {
  const service = implement(
    EchoService,
    {
      ...echoHandlers,
      unary: async (_, { tenant }) => ({ text: tenant.toUpperCase(), number: 0 }),
      async *down(_, { tenant }) {
        yield { text: tenant.toUpperCase(), number: 0 };
      },
      up: async (_, { tenant }) => ({ text: tenant.toUpperCase(), number: 0 }),
    },
    { middleware: [tenant] },
  );
  const server = await serveEcho({}, { services: [service] });
  const { client } = connectWith(server.address, [asAcme]);
  expect(await client.unary({})).toMatchObject({ text: "ACME" });
  expect(await collect(client.down({}))).toMatchObject([{ text: "ACME" }]);
  expect(await client.up(notes(1))).toMatchObject({ text: "ACME" });
  await expect(connectWith(server.address, []).client.unary({})).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

test("middleware runs in its order around the handler, that of the server outside, and sees how calls end", async () => {
  const events: string[] = [];
  const noting = (name: string): ServerMiddleware => {
    return async function note(_, next) {
      events.push(`${name} before`);
      try {
        return await next();
      } finally {
        events.push(`${name} after`);
      }
    };
  };
  const service = implement(
    EchoService,
    {
      ...echoHandlers,
      async *down(request) {
        yield request;
        events.push("handler");
      },
    },
    { middleware: [noting("service")] },
  );
  const server = await serveEcho({}, { services: [service], middleware: [noting("server")] });
  const order = ["server before", "service before", "handler", "service after", "server after"];
  await collect(connectWith(server.address, undefined).client.down({}));
  await expect.poll(() => events).toEqual(order);
  events.length = 0;
  await connectWith(server.address, undefined).client.unary({});
  await expect.poll(() => events).toEqual(order.filter((event) => event !== "handler"));
});

test("a middleware of a service may read the request and return another response", async () => {
  const shout: ServerMiddleware = async (call, next) => {
    const request = await call.request();
    const response = await next();
    return Object.assign({}, response, { number: String(Reflect.get(Object(request), "text")).length });
  };
  const server = await serveEcho({}, { services: [implement(EchoService, echoHandlers, { middleware: [shout] })] });
  expect(await connectWith(server.address, undefined).client.unary({ text: "four" })).toMatchObject({ number: 4 });
});

test("a default step of a server can be removed and replaced", async () => {
  const { log, lines } = capturedLog();
  const scopes: Scope[] = [];
  const asService: ServerMiddleware<{ principal: Scope["principal"] }> = async (call, next) =>
    next({ principal: { kind: "service", id: call.header("x-certificate") ?? "nobody" } });
  const server = await serveEcho(
    {
      unary: async (request, scope) => {
        scopes.push(scope);
        return request;
      },
    },
    {
      log,
      middleware: (defaults) =>
        defaults.filter((one) => one !== accessLog).map((one) => (one === readPrincipal ? asService : one)),
    },
  );
  const headers = { "mesh-token": "no token", "x-certificate": "orders" };
  await rawClient(server.address).unary("/test.v1.EchoService/Unary", new Uint8Array(), headers);
  expect(scopes[0]?.principal).toEqual({ kind: "service", id: "orders" });
  expect(lines.filter(({ msg }) => msg === "call")).toEqual([]);
});

test("a connection can leave out the check of its requests, which the server makes anyway", async () => {
  const { server } = await echo();
  const unchecked = connectWith(server.address, (defaults) => defaults.filter((one) => one !== validateRequest));
  const failure = await unchecked.client.unary({ text: "", number: -1 }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "INVALID_ARGUMENT" });
  await server.close();
  // The request is sent, so the failure is that of the connection.
  await expect(unchecked.client.unary({ text: "", number: -1 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a middleware of a client may try again, answer itself, and make another error of a failure", async () => {
  let calls = 0;
  const { server } = await echo({
    async unary(request) {
      calls += 1;
      if (calls === 1) throw new MeshError({ code: "UNAVAILABLE", message: "busy" });
      return request;
    },
    async *down(request) {
      yield request;
      throw new MeshError({ code: "ABORTED", message: "enough" });
    },
  });
  const again: ClientMiddleware = (_, next) => next().catch(() => next());
  expect(await connectWith(server.address, [again]).client.unary({ text: "again" })).toMatchObject({ text: "again" });
  const cached: ClientMiddleware = async (call) => call.request;
  expect(await connectWith(server.address, [cached]).client.unary({ text: "kept" })).toMatchObject({ text: "kept" });
  expect(calls).toBe(2);
  const renamed: ClientMiddleware = (call, next) =>
    next().catch(() => {
      throw new RangeError(call.method.name);
    });
  await expect(collect(connectWith(server.address, [renamed]).client.down({}))).rejects.toThrow(new RangeError("Down"));
  const never: ClientMiddleware = async () => undefined;
  expect(await collect(connectWith(server.address, [never]).client.down({}))).toEqual([]);
});

test("a middleware of a client sees a stream that is left as ended, not as failed", async () => {
  const ends: string[] = [];
  const noting: ClientMiddleware = async (_, next) => {
    await next().then(
      () => ends.push("ended"),
      () => ends.push("failed"),
    );
  };
  const { server } = await echo({
    async *down(request) {
      for (let number = 0; ; number++) yield { ...request, number };
    },
  });
  for await (const { number } of connectWith(server.address, [noting]).client.down({})) if (number === 2) break;
  await expect.poll(() => ends).toEqual(["ended"]);
});

test("a method of an upstream can be called by its name, as part of a scope", async () => {
  const { upstream } = await echo({
    unary: async (request, { trace }) => ({ ...request, text: trace.traceId }),
  });
  const scope = scopeWith();
  const call = upstream.method("unary");
  expect(await call(scope, {})).toMatchObject({ text: scope.trace.traceId });
  expect(await call(undefined, {})).not.toMatchObject({ text: scope.trace.traceId });
  expect(() => upstream.method("nothing")).toThrow("test.v1.EchoService has no method nothing");
});
