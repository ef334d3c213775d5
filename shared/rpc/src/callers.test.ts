import { createHealth } from "@mesh/runtime";
import { beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import { EchoService } from "../fixtures/echo.ts";
import { type TestAuthority, testAuthority } from "../fixtures/identities.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, echoHandlers, latch, notes } from "../fixtures/servers.ts";
import {
  type ClientMiddleware,
  type ConnectOptions,
  checkCaller,
  connect,
  implement,
  type RunningServer,
  type ServeOptions,
  serve,
  validateRequest,
} from "./index.ts";

let authority: TestAuthority;
beforeAll(async () => {
  authority = await testAuthority();
});

/** The echo service, whose methods have these callers. */
function withCallers(callers: Readonly<Record<string, readonly string[]>>): typeof EchoService {
  const methods = Object.entries(EchoService.methods).map(([name, method]) => {
    return [name, { ...method, callers: callers[name] ?? method.callers }] as const;
  });
  return { ...EchoService, methods: Object.fromEntries(methods) };
}

/** Serves methods with these callers as `test`. `handled` has the names of the handlers that ran. */
async function serveWith(
  callers: Readonly<Record<string, readonly string[]>>,
  options: Partial<ServeOptions> = {},
): Promise<{ server: RunningServer; handled: string[]; lines: ReturnType<typeof capturedLog>["lines"] }> {
  const { log, lines } = capturedLog("debug");
  const handled: string[] = [];
  const noting = Object.entries(echoHandlers).map(([name, handler]) => {
    const handle = (...args: [never, never]) => {
      handled.push(name);
      return handler(...args);
    };
    return [name, handle];
  });
  // Each entry has the types of the handler that it wraps.
  const handlers = Object.fromEntries(noting) as typeof echoHandlers;
  const services = [implement(withCallers(callers), handlers)];
  const server = await serve({ services, log, credentials: await authority.identity("test"), drainMs: 50, ...options });
  onTestFinished(() => server.close());
  return { server, handled, lines };
}

/** Connects as a process with these names. */
async function clientOf({ address }: RunningServer, names: readonly string[], options: Partial<ConnectOptions> = {}) {
  const credentials = names.length > 0 ? { credentials: await authority.identity(names) } : {};
  const upstream = connect(EchoService, { address, mux: inject("mux"), ...credentials, ...options });
  onTestFinished(() => upstream.close());
  return upstream.client;
}

const denied = (name: string, method = "Unary") => ({
  code: "PERMISSION_DENIED",
  message: `${name} may not call test.v1.EchoService/${method}: its contract does not list this caller`,
});

test("a service that a method does not list is rejected, in each kind of method, before a handler runs", async () => {
  const only = ["orders"];
  const { server, handled } = await serveWith({ unary: only, down: only, up: only, both: only });
  const payments = await clientOf(server, ["payments"]);
  await expect(payments.unary({})).rejects.toMatchObject(denied("payments"));
  await expect(collect(payments.down({}))).rejects.toMatchObject(denied("payments", "Down"));
  await expect(payments.up(notes(1))).rejects.toMatchObject(denied("payments", "Up"));
  await expect(collect(payments.both(notes(1)))).rejects.toMatchObject(denied("payments", "Both"));
  expect(handled).toEqual([]);
  await payments.plain({});
  const orders = await clientOf(server, ["orders"]);
  await orders.unary({});
  await collect(orders.down({ number: 1 }));
  await orders.up(notes(1));
  await collect(orders.both(notes(1)));
  expect(handled).toEqual(["plain", "unary", "down", "up", "both"]);
});

test("a caller is rejected before its request is validated", async () => {
  const { server } = await serveWith({ unary: ["orders"] });
  const unchecked = (steps: readonly ClientMiddleware[]) => steps.filter((step) => step !== validateRequest);
  const [orders, payments] = await Promise.all(
    ["orders", "payments"].map((name) => clientOf(server, [name], { middleware: unchecked })),
  );
  await expect(payments?.unary({ number: -1 })).rejects.toMatchObject(denied("payments"));
  await expect(orders?.unary({ number: -1 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("by default every service may call, and the gateway only methods that list it", async () => {
  const { server } = await serveWith({ plain: ["*", "gateway"], brief: ["gateway"] });
  const [gateway, orders] = [await clientOf(server, ["gateway"]), await clientOf(server, ["orders"])];
  await expect(gateway.unary({})).rejects.toMatchObject(denied("gateway"));
  await gateway.plain({});
  await gateway.brief({});
  await orders.unary({});
  await orders.plain({});
  await expect(orders.brief({})).rejects.toMatchObject(denied("orders", "Brief"));
});

test("a process of several services may call what one of them may", async () => {
  const { server } = await serveWith({ unary: ["orders"] });
  await (await clientOf(server, ["gateway", "orders"])).unary({});
  const others = await clientOf(server, ["payments", "catalog"]);
  await expect(others.unary({})).rejects.toMatchObject(denied("payments, catalog"));
});

test("operators may call every method, and only those that the server names", async () => {
  const { server } = await serveWith({ unary: ["orders"] }, { operators: ["developer"] });
  await (await clientOf(server, ["developer"])).unary({});
  const strict = await serveWith({ unary: ["orders"] });
  await expect((await clientOf(strict.server, ["developer"])).unary({})).rejects.toMatchObject(denied("developer"));
});

test("callers without names, which have no mutual TLS, may call every method", async () => {
  const { log } = capturedLog();
  const services = [implement(withCallers({ unary: ["orders"] }), echoHandlers)];
  const server = await serve({ services, log, drainMs: 50 });
  onTestFinished(() => server.close());
  await (await clientOf(server, [])).unary({});
});

test("a server with files for TLS does not start if a method lists its callers, unless nothing checks them", async () => {
  const credentials = await authority.files("test");
  await expect(serveWith({ unary: ["orders"] }, { credentials })).rejects.toThrow(
    "test.v1.EchoService/Unary lists its callers, but files for TLS do not say who calls: serve with an identity",
  );
  await serveWith({}, { credentials });
  const middleware: ServeOptions["middleware"] = (steps) => steps.filter((step) => step !== checkCaller);
  await serveWith({ unary: ["orders"] }, { credentials, middleware });
});

test("health is open to every process of the mesh", async () => {
  const { server } = await serveWith({}, { health: createHealth() });
  const client = rawClient(server.address, await authority.files("gateway"));
  const { error } = await client.unary("/grpc.health.v1.Health/Check", new Uint8Array());
  expect(error).toBeNull();
});

test("a rejection is a line of the access log, and its first on a connection a warning", async () => {
  const { server, lines } = await serveWith({ unary: ["orders"], brief: ["orders", "catalog"] });
  const payments = await clientOf(server, ["payments"]);
  for (const method of ["unary", "unary", "brief"] as const) {
    await expect(payments[method]({})).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  }
  const of = (level: number) => lines.filter((line) => line.level === level);
  await expect.poll(() => of(20).filter(({ msg }) => msg === "call")).toHaveLength(3);
  expect(of(20).at(0)).toMatchObject({
    caller: "payments",
    method: "test.v1.EchoService/Unary",
    code: "PERMISSION_DENIED",
  });
  const msg = "a process called a method that it may not call";
  expect(of(40)).toMatchObject([
    { caller: "payments", method: "test.v1.EchoService/Unary", callers: ["orders"], msg },
    { caller: "payments", method: "test.v1.EchoService/Brief", callers: ["orders", "catalog"], msg },
  ]);
});

test("a list that is open to a service stays open on the connections of others that are rejected", async () => {
  const { opened, open } = latch();
  const { server } = await serveWith({ unary: ["orders"] });
  const [orders, payments] = [await clientOf(server, ["orders"]), await clientOf(server, ["payments"])];
  const calls = Array.from({ length: 40 }, async (_, index) => {
    await opened;
    return (index % 2 === 0 ? orders : payments).unary({}).then(
      () => "OK",
      ({ code }) => code,
    );
  });
  open();
  const codes = await Promise.all(calls);
  expect(codes.filter((code) => code === "OK")).toHaveLength(20);
  expect(codes.filter((_, index) => index % 2 === 1)).toEqual(Array(20).fill("PERMISSION_DENIED"));
});
