import { status } from "@grpc/grpc-js";
import { MeshError } from "@mesh/contracts";
import { expect, onTestFinished, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import { EchoService } from "../fixtures/echo.ts";
import { startProxy } from "../fixtures/proxy.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, connectEcho, echo, latch, scopeWith, untilAborted } from "../fixtures/servers.ts";
import { connect, type ServeOptions, type ServerMiddleware } from "./index.ts";

const path = "/test.v1.EchoService/Unary";
const mebibyte = 1024 * 1024;

test("a request over 1 MiB is refused by the server, and not sent by the client", async () => {
  let calls = 0;
  const { server, client } = await echo({
    async unary(request) {
      calls += 1;
      return { text: String(request.text.length), number: 0 };
    },
  });
  const bytes = EchoService.methods.unary?.input.encode({ text: "x".repeat(mebibyte), number: 0 }) ?? new Uint8Array();
  const { error } = await rawClient(server.address).unary(path, bytes);
  expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
  await expect(client.unary({ text: "x".repeat(mebibyte) })).rejects.toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    message: expect.stringMatching(
      /^test or the way to it is at a limit \(test.v1.EchoService\/Unary\): Attempted to send/,
    ),
  });
  expect(calls).toBe(0);
  expect(await client.unary({ text: "x".repeat(mebibyte - 100) })).toMatchObject({ text: String(mebibyte - 100) });
});

test("a response may have 4 MiB and no more", async () => {
  const { client } = await echo({ unary: async ({ number }) => ({ text: "x".repeat(number), number: 0 }) });
  expect((await client.unary({ number: 4 * mebibyte - 100 })).text).toHaveLength(4 * mebibyte - 100);
  await expect(client.unary({ number: 4 * mebibyte })).rejects.toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    message: "a response of 4194309 bytes is over the limit of 4194304",
  });
});

test("headers over 16 KiB are refused", async () => {
  const { server } = await echo();
  const raw = rawClient(server.address);
  const much = await raw.unary(path, new Uint8Array(), { one: "x".repeat(10_000), two: "x".repeat(10_000) });
  expect(much.error).toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: expect.stringContaining("headers") });
  const enough = await raw.unary(path, new Uint8Array(), { one: "x".repeat(10_000) });
  expect(enough.error).toBeNull();
});

/** Handlers that wait until `open`, and three connections, since one may have 100 streams. */
async function crowd(options: Partial<ServeOptions> = {}) {
  const gate = latch();
  const running = { now: 0, most: 0 };
  const { server } = await echo(
    {
      async unary(request, { signal }) {
        running.now += 1;
        running.most = Math.max(running.most, running.now);
        await Promise.race([gate.opened, untilAborted(signal).catch(() => {})]);
        running.now -= 1;
        return request;
      },
    },
    options,
  );
  const clients = [1, 2, 3].map(() => connectEcho(server).client);
  const ends: unknown[] = [];
  const call = (index: number, signal?: AbortSignal) =>
    clients[index % 3]?.unary({}, { timeoutMs: 60_000, ...(signal && { signal }) }).then(
      () => ends.push("OK"),
      (error: unknown) => ends.push(error),
    );
  return { server, running, ends, call, open: gate.open };
}

test("of 300 calls at one time 200 run and the rest are rejected immediately, while health and cancellation pass", async () => {
  const { log, lines } = capturedLog("debug");
  const { server, running, ends, call, open } = await crowd({ log });
  const leave = new AbortController();
  const calls = Array.from({ length: 300 }, (_, index) => call(index, index % 2 ? leave.signal : undefined));
  await expect.poll(() => ends).toHaveLength(100);
  for (const end of ends) expect(end).toMatchObject({ code: "RESOURCE_EXHAUSTED", retryAfterMs: 500 });
  await expect.poll(() => running.now).toBe(200);
  const warnings = lines.filter(({ level }) => level === 40);
  expect(warnings[0]).toMatchObject({ rejected: 1, use: "unary", limit: 200, msg: expect.stringMatching(/rejected/) });
  // The others are counted for ten seconds.
  expect(warnings.length).toBeLessThan(10);
  expect(lines.filter(({ msg }) => msg === "call")).toEqual([]);
  // A health check gets a response all the same, given a connection that has room.
  const other = connectEcho(server);
  await expect.poll(() => other.check()).toEqual({ ready: true, reason: "" });
  leave.abort();
  await expect.poll(() => running.now).toBe(100);
  open();
  await Promise.all(calls);
  expect(ends.filter((end) => end === "OK")).toHaveLength(100);
  expect(running.most).toBe(200);
  expect(await other.client.unary({ text: "room again" })).toMatchObject({ text: "room again" });
});

test("the limit shrinks while calls take longer than is usual, and grows again", async () => {
  let ms = 1;
  const limits: number[] = [];
  const note: ServerMiddleware = (call, next) => {
    limits.push(call.inFlight.limits.unary);
    return next();
  };
  const { client } = await echo(
    {
      async unary(request) {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return request;
      },
    },
    { middleware: [note] },
  );
  const work = async () => void (await Promise.allSettled(Array.from({ length: 60 }, () => client.unary({}))));
  const until = async (isSo: (limit: number) => boolean) => {
    await expect
      .poll(async () => {
        await work();
        return isSo(limits.at(-1) ?? 0);
      })
      .toBe(true);
  };
  for (let round = 0; round < 50; round++) await work();
  ms = 300;
  await until((limit) => limit < 60);
  ms = 1;
  await until((limit) => limit >= 200);
});

test("handlers that block the event loop get no more than 20 calls in a turn, and again more when they do not", async () => {
  let ms = 5;
  let turn = 0;
  const turns: number[] = [];
  const { client } = await echo({
    async unary(request) {
      if (turn === 0) {
        setImmediate(() => {
          turns.push(turn);
          turn = 0;
        });
      }
      turn += 1;
      const until = performance.now() + ms;
      while (performance.now() < until);
      return request;
    },
  });
  const burst = (count: number) => Promise.allSettled(Array.from({ length: count }, () => client.unary({})));
  for (let round = 0; round < 70; round++) await burst(18);
  turns.length = 0;
  const results = await burst(100);
  expect(results.filter(({ status }) => status === "rejected").length).toBeGreaterThanOrEqual(50);
  expect(Math.max(...turns)).toBeLessThanOrEqual(20);
  ms = 0;
  await expect.poll(async () => (await burst(100)).filter(({ status }) => status === "rejected").length).toBe(0);
});

test("a call counts until its handler has ended, also when its caller left", async () => {
  const gate = latch();
  let started = 0;
  const { client } = await echo(
    {
      async unary(request) {
        started += 1;
        await gate.opened;
        return request;
      },
    },
    { inFlight: { unary: 1, streams: 1 } },
  );
  const caller = new AbortController();
  const call = client.unary({}, { signal: caller.signal });
  await expect.poll(() => started).toBe(1);
  caller.abort();
  await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
  await expect(client.unary({})).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED", retryAfterMs: 500 });
  gate.open();
  await expect.poll(() => client.unary({ text: "free" }).catch(() => undefined)).toMatchObject({ text: "free" });
});

test("a client rejects further calls immediately while 2,048 are open", async () => {
  const { client, upstream } = await echo({ unary: (_, { signal }) => untilAborted(signal) });
  const calls = Array.from({ length: 2_048 }, () => client.unary({}, { timeoutMs: 60_000 }));
  const ends = Promise.allSettled(calls);
  await expect(client.unary({})).rejects.toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    message: "2048 calls to test are open already (test.v1.EchoService/Unary); try again later",
    retryAfterMs: 500,
  });
  await upstream.close();
  await ends;
});

test("while a server rejects calls, its client rejects those that would wait for a connection", async () => {
  const { client } = await echo(
    { unary: (_, { signal }) => untilAborted(signal) },
    { inFlight: { unary: 90, streams: 1 } },
  );
  const leave = new AbortController();
  const held = Array.from({ length: 90 }, () => client.unary({}, { signal: leave.signal }));
  await expect(client.unary({})).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  const more = await Promise.allSettled(Array.from({ length: 200 }, () => client.unary({})));
  const messages = more.map((one) => (one.status === "rejected" ? one.reason.message : ""));
  expect(messages.filter((message) => /^test has no room for/.test(message)).length).toBeGreaterThan(150);
  leave.abort();
  await Promise.allSettled(held);
});

test("a handler that runs out of something stops no other calls of its client", async () => {
  const { server } = await echo({
    async unary(request, { signal }) {
      if (request.text === "wait") return untilAborted(signal);
      if (request.text === "empty") throw new MeshError({ code: "RESOURCE_EXHAUSTED", message: "no credit is left" });
      return request;
    },
  });
  const upstream = connect(EchoService, { address: server.address, mux: false });
  onTestFinished(() => upstream.close());
  const { client } = upstream;
  const leave = new AbortController();
  const held = Array.from({ length: 96 }, () => client.unary({ text: "wait" }, { signal: leave.signal }));
  const ends = Promise.allSettled(held);
  await expect(client.unary({ text: "empty" })).rejects.toMatchObject({ message: "no credit is left" });
  expect(await client.unary({ text: "fine" })).toMatchObject({ text: "fine" });
  leave.abort();
  await ends;
});

test("streams and unary calls have limits of their own", async () => {
  const { client } = await echo(
    {
      async *down(request, { signal }) {
        yield request;
        await untilAborted(signal);
      },
    },
    { inFlight: { unary: 1, streams: 1 } },
  );
  const first = client.down({})[Symbol.asyncIterator]();
  await first.next();
  const rejected = { code: "RESOURCE_EXHAUSTED", retryAfterMs: 500 };
  await expect(collect(client.down({}))).rejects.toMatchObject(rejected);
  expect(await client.unary({ text: "fine" })).toMatchObject({ text: "fine" });
  await first.return?.();
});

test("250 open streams of one client leave room for its unary calls", async () => {
  const { client } = await echo({
    async *down(request, { signal }) {
      yield request;
      await untilAborted(signal);
    },
  });
  const streams = Array.from({ length: 250 }, () => client.down({})[Symbol.asyncIterator]());
  await Promise.all(streams.map((stream) => stream.next()));
  expect(await client.unary({ text: "fine" })).toMatchObject({ text: "fine" });
  await Promise.all(streams.map((stream) => stream.return?.()));
});

test("streams one after the other share a connection", async () => {
  const { server } = await echo();
  const proxy = await startProxy(server.port);
  const { client } = connectEcho(proxy);
  for (let round = 0; round < 150; round++) await collect(client.down({}));
  expect(proxy.connections()).toBe(1);
});

test("100 streams that can't start, for a bad header, leave the connection to others", async () => {
  const { server } = await echo();
  const proxy = await startProxy(server.port);
  const { client } = connectEcho(proxy);
  await collect(client.down({}));
  for (let round = 0; round < 100; round++) {
    await expect(collect(client.down({}, { headers: { "x-bad": "two\nlines" } }))).rejects.toThrow(
      /illegal characters/,
    );
  }
  await collect(client.down({}));
  expect(proxy.connections()).toBe(1);
});

test("a hundred calls bound to one scope need no leak warning", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  const { upstream } = await echo();
  const client = upstream.bind(scopeWith());
  await Promise.all(Array.from({ length: 90 }, () => client.unary({})));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect(warnings).toEqual([]);
});
