import { MeshError } from "@mesh/contracts";
import { expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../fixtures/echo.ts";
import { startProxy } from "../../fixtures/proxy.ts";
import { connectEcho, echo, latch, serveEcho, untilAborted } from "../../fixtures/servers.ts";
import { grpcTransport } from "../client/transport.ts";
import { UnaryCall } from "../client/unary-call.ts";
import { connect, type ServerMiddleware } from "../index.ts";
import { muxTransport } from "./mux-transport.ts";

test("calls of all sizes arrive whole", async () => {
  const { client } = await echo();
  const sizes = [0, 1, 127, 128, 65_000, 65_536, 70_000, 1_000_000];
  const results = await Promise.all(sizes.map((size) => client.unary({ text: "ä".repeat(size / 2) })));
  expect(results.map(({ text }) => text.length)).toEqual(sizes.map((size) => Math.floor(size / 2)));
});

test("1,000 calls at the same time are all answered", async () => {
  // They go to the server in parts.
  const { client } = await echo();
  const results = await Promise.all(Array.from({ length: 1_000 }, (_, number) => client.unary({ number })));
  expect(results.map(({ number }) => number)).toEqual(Array.from({ length: 1_000 }, (_, number) => number));
});

test("a server that has no mux is called the plain way, and each call runs once", async () => {
  let calls = 0;
  const count: ServerMiddleware = (_, next) => {
    calls += 1;
    return next();
  };
  const { client } = await echo({}, { mux: false, middleware: [count] });
  const first = await Promise.all(Array.from({ length: 20 }, (_, number) => client.unary({ number })));
  expect(first.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, number) => number));
  expect(await client.unary({ number: 20 })).toMatchObject({ number: 20 });
  expect(calls).toBe(21);
});

test("a connection that breaks ends each of its calls once, with UNAVAILABLE, and the next call works", async () => {
  const gate = latch();
  let started = 0;
  const server = await serveEcho({
    async unary(request) {
      started += 1;
      await gate.opened;
      return request;
    },
  });
  const proxy = await startProxy(server.port);
  const { client } = connectEcho(proxy);
  let ends = 0;
  const calls = Array.from({ length: 50 }, () => client.unary({}).finally(() => ends++));
  const results = Promise.allSettled(calls);
  await expect.poll(() => started).toBe(50);
  proxy.cut();
  for (const result of await results) {
    expect(result).toMatchObject({ status: "rejected", reason: { code: "UNAVAILABLE" } });
  }
  expect(ends).toBe(50);
  gate.open();
  await expect.poll(() => client.unary({ text: "again" }).catch(() => undefined)).toMatchObject({ text: "again" });
});

test("headers and the deadline of a call arrive as with plain gRPC", async () => {
  const seen: unknown[] = [];
  const { client } = await echo({
    async unary(request, context) {
      const { call, deadline } = context as typeof context & { call: { header(name: string): unknown } };
      seen.push(call.header("x-text"), call.header("x-bytes-bin"), Math.round((deadline - Date.now()) / 1_000));
      return request;
    },
  });
  await client.unary(
    {},
    { timeoutMs: 3_000, headers: { "X-Text": " spaced ", "x-bytes-bin": new Uint8Array([0, 255]) } },
  );
  expect(seen).toEqual(["spaced", new Uint8Array([0, 255]), 3]);
});

test("a client rejects more than 2,048 open calls immediately, and those that are given up take no room", async () => {
  const gate = latch();
  const { client } = await echo(
    {
      async unary(request) {
        await gate.opened;
        return request;
      },
    },
    { inFlight: { unary: 10_000, streams: 10 } },
  );
  const leave = new AbortController();
  const given = Array.from({ length: 1_000 }, () => client.unary({}, { signal: leave.signal }));
  const ends = Promise.allSettled(given);
  leave.abort();
  expect((await ends).every(({ status }) => status === "rejected")).toBe(true);
  const calls = Array.from({ length: 2_048 }, (_, number) => client.unary({ number }));
  await expect(client.unary({})).rejects.toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    message: "2048 calls to test are open already (test.v1.EchoService/Unary); try again later",
  });
  gate.open();
  expect(await Promise.all(calls)).toHaveLength(2_048);
});

test("calls that are given up before they are sent never reach a handler", async () => {
  let calls = 0;
  const gate = latch();
  const { client } = await echo({
    async unary(request) {
      calls += 1;
      await gate.opened;
      return request;
    },
  });
  const first = Array.from({ length: 128 }, () => client.unary({}));
  await expect.poll(() => calls).toBe(128);
  const leave = new AbortController();
  const others = Array.from({ length: 100 }, () => client.unary({}, { signal: leave.signal }));
  const ends = Promise.allSettled(others);
  const last = client.unary({ text: "last" });
  leave.abort();
  await ends;
  gate.open();
  expect(await last).toMatchObject({ text: "last" });
  await Promise.all(first);
  expect(calls).toBe(129);
});

/** Opens the way to a server until the test ends. */
function openTransport(address: string) {
  const plain = grpcTransport({ address, upstream: "test" });
  const transport = muxTransport(plain, "test");
  onTestFinished(() => transport.close());
  return { plain, transport };
}

/** A call to the echo service. */
/** Makes more calls than a server gets at a time. `moved` has those that should go elsewhere. */
function makeMany(transport: ReturnType<typeof openTransport>["transport"]) {
  const moved = new Set<UnaryCall>();
  const calls = Array.from({ length: 150 }, () => callOf("plain"));
  for (const { call } of calls) {
    call.observer = { ended: () => {}, refused: (one) => moved.add(one) !== undefined };
    transport.unary(call);
  }
  return { calls, moved };
}

function callOf(name: "unary" | "plain", tried?: string[]) {
  const method = EchoService.methods[name];
  if (!method) throw new Error(`no method ${name}`);
  const deadline = Date.now() + 60_000;
  const call = new UnaryCall({
    upstream: "test",
    method,
    message: { text: "", number: 0 },
    deadline,
    headers: {},
    listeners: undefined,
    tried,
  });
  return { call, response: call.response.catch((error: unknown) => error) };
}

test("if calls are given up, those that are not sent go elsewhere, also those that may be made only once", async () => {
  let started = 0;
  const gate = latch();
  const server = await serveEcho({
    async plain(request) {
      started += 1;
      await gate.opened;
      return request;
    },
  });
  const { transport } = openTransport(server.address);
  const { calls, moved } = makeMany(transport);
  await expect.poll(() => started).toBe(128);
  transport.giveUp();
  expect(calls.map(({ call }) => moved.has(call))).toEqual(calls.map((_, index) => index >= 128));
  gate.open();
  for (const { response } of calls.slice(0, 128)) expect(await response).toMatchObject({ text: "" });
  // The connection goes on, without them.
  const last = callOf("plain");
  transport.unary(last.call);
  expect(await last.response).toMatchObject({ text: "" });
  expect(started).toBe(129);
});

test("of a connection that breaks, the calls that are not sent go elsewhere", async () => {
  let started = 0;
  const server = await serveEcho({
    plain(_, { signal }) {
      started += 1;
      return untilAborted(signal);
    },
  });
  const proxy = await startProxy(server.port);
  const { transport } = openTransport(proxy.address);
  const { calls, moved } = makeMany(transport);
  await expect.poll(() => started).toBe(128);
  proxy.cut();
  for (const { response } of calls.slice(0, 128)) expect(await response).toMatchObject({ code: "UNAVAILABLE" });
  expect(calls.map(({ call }) => moved.has(call))).toEqual(calls.map((_, index) => index >= 128));
});

test("calls at a server that drains are given up, too", async () => {
  let started = 0;
  const wait = (signal: AbortSignal) => {
    started += 1;
    return untilAborted(signal);
  };
  const server = await serveEcho({ unary: (_, { signal }) => wait(signal) }, { drainMs: 60_000 });
  const { plain, transport } = openTransport(server.address);
  const { call, response } = callOf("unary", []);
  transport.unary(call);
  await expect.poll(() => started).toBe(1);
  const closed = server.close();
  await expect.poll(() => plain.connection.now).toBe("draining");
  transport.giveUp();
  expect(await response).toMatchObject({ code: "UNAVAILABLE" });
  await closed;
});

test("a time beyond all timers is no limit", async () => {
  const server = await serveEcho();
  const upstream = connect(EchoService, { address: server.address, middleware: () => [] });
  onTestFinished(() => upstream.close());
  expect(await upstream.client.unary({ text: "fine", number: 0 }, { timeoutMs: 5e9 })).toMatchObject({ text: "fine" });
});

test("small responses arrive between the parts of five large ones", async () => {
  const large = "x".repeat(4_000_000);
  const { client } = await echo({ unary: async ({ number }) => ({ text: number < 5 ? large : "", number }) });
  const order: number[] = [];
  const calls = Array.from({ length: 6 }, (_, number) =>
    client.unary({ number }).then((note) => order.push(note.number)),
  );
  await Promise.all(calls);
  expect(order[0]).toBe(5);
});

test("700 errors at the same time, each with large details, arrive", async () => {
  const outOfStock = {
    code: "FAILED_PRECONDITION" as const,
    message: "out of stock",
    reason: "OUT_OF_STOCK",
    domain: "test.v1.EchoError",
    metadata: { productId: "x".repeat(3_000), available: "1" },
  };
  const { client } = await echo({
    async unary() {
      throw new MeshError(outOfStock);
    },
  });
  const results = await Promise.allSettled(Array.from({ length: 700 }, () => client.unary({})));
  expect(new Set(results.map((result) => result.status === "rejected" && result.reason.reason))).toEqual(
    new Set(["OUT_OF_STOCK"]),
  );
});

test("under a load that stays, calls wait for 10 ms at the client and are then rejected, and the others are fast", async () => {
  const running = { now: 0, most: 0 };
  const { client } = await echo(
    {
      async unary(request) {
        running.most = Math.max(running.most, ++running.now);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running.now -= 1;
        return request;
      },
    },
    { inFlight: { unary: 20, streams: 10 } },
  );
  const ends: { code: string; ms: number }[] = [];
  const call = async () => {
    const startedAt = performance.now();
    const code = await client.unary({}).then(
      () => "OK",
      (error: { code: string }) => error.code,
    );
    ends.push({ code, ms: performance.now() - startedAt });
  };
  const calls: Promise<void>[] = [];
  for (let round = 0; round < 100; round++) {
    for (let at = 0; at < 60; at++) calls.push(call());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Promise.all(calls);
  expect(running.most).toBe(20);
  expect(new Set(ends.map(({ code }) => code))).toEqual(new Set(["OK", "RESOURCE_EXHAUSTED"]));
  expect(ends.filter(({ code }) => code === "OK").length).toBeGreaterThan(400);
  // Before, it was two seconds: all calls of the client queued.
  const accepted = ends.map(({ ms }) => ms).sort((a, b) => a - b);
  expect(accepted[Math.floor(accepted.length * 0.9)]).toBeLessThan(500);
});
