import { expect, test } from "vitest";
import { startProxy } from "../../fixtures/proxy.ts";
import { connectEcho, echo, latch, serveEcho } from "../../fixtures/servers.ts";
import type { ServerMiddleware } from "../index.ts";

test("calls of all sizes arrive whole, and a small one does not wait for a large one", async () => {
  const { client } = await echo();
  const sizes = [0, 1, 127, 128, 65_000, 65_536, 70_000, 1_000_000];
  const results = await Promise.all(sizes.map((size) => client.unary({ text: "ä".repeat(size / 2) })));
  expect(results.map(({ text }) => text.length)).toEqual(sizes.map((size) => Math.floor(size / 2)));
});

test("1,000 calls at the same time share few messages", async () => {
  const server = await serveEcho({}, { inFlight: { unary: 1_000, streams: 10 } });
  const proxy = await startProxy(server.port);
  const { client } = connectEcho(proxy);
  await client.unary({});
  const results = await Promise.all(Array.from({ length: 1_000 }, (_, number) => client.unary({ number })));
  expect(results.map(({ number }) => number)).toEqual(Array.from({ length: 1_000 }, (_, number) => number));
  expect(proxy.connections()).toBe(1);
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
