import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { EchoService } from "../fixtures/echo.ts";
import { startProxy } from "../fixtures/proxy.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, connectEcho, echo, latch, scopeWith, untilAborted } from "../fixtures/servers.ts";

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

test("of 300 calls at one time 200 run and the rest are refused at once", async () => {
  let running = 0;
  let most = 0;
  const gate = latch();
  const { server } = await echo({
    async unary(request) {
      running += 1;
      most = Math.max(most, running);
      await gate.opened;
      running -= 1;
      return request;
    },
  });
  // Three connections of 100 streams each, which is what one may have.
  const clients = [connectEcho(server), connectEcho(server), connectEcho(server)];
  const codes: string[] = [];
  const calls = Array.from({ length: 300 }, async (_, index) => {
    const code = await clients[index % 3]?.client.unary({}).then(
      () => "OK",
      (error: { code: string }) => error.code,
    );
    codes.push(code ?? "");
  });
  await expect.poll(() => codes).toHaveLength(100);
  expect(new Set(codes)).toEqual(new Set(["RESOURCE_EXHAUSTED"]));
  expect(running).toBe(200);
  // Who asks for its health gets an answer all the same, given a connection that has room.
  const other = connectEcho(server);
  await expect.poll(() => other.check()).toEqual({ ready: true, reason: "" });
  gate.open();
  await Promise.all(calls);
  expect(codes.filter((code) => code === "OK")).toHaveLength(200);
  expect(most).toBe(200);
  expect(await clients[0]?.client.unary({ text: "room again" })).toMatchObject({ text: "room again" });
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
