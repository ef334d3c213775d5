import { status } from "@grpc/grpc-js";
import type { MuxHeader } from "@mesh/contracts/protocols/mesh/v1/index";
import type { Scope } from "@mesh/runtime";
import { expect, test } from "vitest";
import { muxCall, muxClient, noteBytes } from "../../fixtures/mux-client.ts";
import { echo, latch, serveEcho, untilAborted } from "../../fixtures/servers.ts";
import type { CallScope } from "../index.ts";

test("calls of one message are answered in one message, in any order of their ids", async () => {
  const server = await serveEcho();
  const client = muxClient(server.address);
  const ids = [7, 3, 4_000_000_000];
  client.send({
    calls: ids.map((id, at) => muxCall({ id, ...(at > 0 && { path: "" }), message: noteBytes({ number: at }) })),
  });
  await expect.poll(() => client.results.length).toBe(3);
  expect(client.results).toMatchObject(ids.map((id, number) => ({ id, code: 0, message: noteBytes({ number }) })));
  expect(client.messages).toHaveLength(1);
});

test("a method needs its path once on a stream", async () => {
  const server = await serveEcho();
  const client = muxClient(server.address);
  client.send({ calls: [muxCall({ id: 1, method: 9 })] });
  await expect.poll(() => client.results.length).toBe(1);
  client.send({ calls: [muxCall({ id: 1, method: 9, path: "" }), muxCall({ id: 2, method: 8, path: "" })] });
  await expect.poll(() => client.results.length).toBe(3);
  expect(client.results.map(({ id, code }) => [id, code])).toEqual([
    [1, status.OK],
    [2, status.UNIMPLEMENTED],
    [1, status.OK],
  ]);
});

test("an unknown method, one that streams and one of a server's own are UNIMPLEMENTED or answered, and the stream goes on", async () => {
  const server = await serveEcho();
  const client = muxClient(server.address);
  const paths = ["/nope", "/test.v1.EchoService/Down", "/mesh.v1.Mux/Open", "/grpc.health.v1.Health/Check"];
  client.send({ calls: paths.map((path, id) => muxCall({ id, method: id, path })) });
  await expect.poll(() => client.results.length).toBe(4);
  const codes = Object.fromEntries(client.results.map(({ id, code }) => [paths[id], code]));
  expect(codes).toEqual({
    "/nope": status.UNIMPLEMENTED,
    "/test.v1.EchoService/Down": status.UNIMPLEMENTED,
    "/mesh.v1.Mux/Open": status.UNIMPLEMENTED,
    "/grpc.health.v1.Health/Check": status.OK,
  });
});

test.each([
  [
    "bytes that are no envelope",
    (client: ReturnType<typeof muxClient>) => client.sendBytes(new Uint8Array([10, 200, 1])),
  ],
  [
    "an id that is open",
    (client: ReturnType<typeof muxClient>) => client.send({ calls: [muxCall({ id: 1 }), muxCall({ id: 1 })] }),
  ],
  [
    "a number of a method out of range",
    (client: ReturnType<typeof muxClient>) => client.send({ calls: [muxCall({ id: 1, method: 65_536 })] }),
  ],
  [
    "a million cancellations",
    (client: ReturnType<typeof muxClient>) => client.send({ cancelled: Array<number>(1_000_000).fill(5) }),
  ],
])("%s ends the stream with INVALID_ARGUMENT, and no other stream", async (_, send) => {
  const { server, client: other } = await echo();
  const client = muxClient(server.address);
  send(client);
  expect(await client.ended).toMatchObject({ code: status.INVALID_ARGUMENT });
  expect(await other.unary({ text: "fine" })).toMatchObject({ text: "fine" });
});

test("too many open calls end the stream with RESOURCE_EXHAUSTED, and their handlers", async () => {
  const inFlight = { unary: 10_000, streams: 10 };
  const reasons: unknown[] = [];
  let begun = 0;
  const hang = (_: unknown, { signal }: Scope) => {
    begun += 1;
    signal.addEventListener("abort", () => reasons.push(signal.reason.code));
    return untilAborted(signal);
  };
  const { server, client: other } = await echo({ unary: hang }, { inFlight });
  const client = muxClient(server.address);
  for (let batch = 0; batch < 5; batch++) {
    client.send({ calls: Array.from({ length: 1_000 }, (_, at) => muxCall({ id: batch * 1_000 + at })) });
  }
  expect(await client.ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  // The calls of one message begin in several turns: the last ones may end before they begin.
  expect(begun).toBeGreaterThan(0);
  await expect.poll(() => reasons.length).toBe(begun);
  expect(new Set(reasons)).toEqual(new Set(["CANCELLED"]));
  expect(await other.brief({ text: "fine" })).toMatchObject({ text: "fine" });
});

test("calls without room have only their ids in the response, and cancellations count all the same", async () => {
  let aborted = 0;
  const { server } = await echo(
    {
      async unary(request, { signal }) {
        await untilAborted(signal).catch(() => {});
        aborted += 1;
        return request;
      },
    },
    { inFlight: { unary: 2, streams: 10 } },
  );
  const client = muxClient(server.address);
  client.send({ calls: [1, 2, 3, 4].map((id) => muxCall({ id })) });
  await expect.poll(() => client.rejected).toEqual([3, 4]);
  client.send({ cancelled: [1, 2] });
  await expect.poll(() => aborted).toBe(2);
  expect(client.results).toEqual([]);
  client.send({ calls: [muxCall({ id: 3 })], cancelled: [3] });
  await expect.poll(() => aborted).toBe(3);
});

test("a cancellation ends its call only, and one of an unknown id nothing", async () => {
  const reasons: unknown[] = [];
  let started = 0;
  const server = await serveEcho({
    async unary(request, { signal }) {
      if (request.number === 1) return request;
      started += 1;
      await untilAborted(signal).catch((error) => reasons.push(error.code));
      return request;
    },
  });
  const client = muxClient(server.address);
  client.send({ calls: [muxCall({ id: 1 }), muxCall({ id: 2 })] });
  await expect.poll(() => started).toBe(2);
  // The handler of a call that is cancelled before its turn does not run.
  client.send({ calls: [muxCall({ id: 3 }), muxCall({ id: 4 })], cancelled: [2, 3, 4, 99] });
  await expect.poll(() => reasons).toEqual(["CANCELLED"]);
  client.send({ calls: [muxCall({ id: 2, message: noteBytes({ number: 1 }) })] });
  await expect.poll(() => client.results.length).toBe(1);
  expect(client.results).toMatchObject([{ id: 2, code: status.OK }]);
  expect(started).toBe(2);
});

test("a client that leaves ends its calls", async () => {
  let started = 0;
  const reasons: unknown[] = [];
  const server = await serveEcho({
    async unary(request, { signal }) {
      started += 1;
      await untilAborted(signal).catch((error) => reasons.push(error.code));
      return request;
    },
  });
  const client = muxClient(server.address);
  client.send({ calls: [muxCall({ id: 1 }), muxCall({ id: 2 })] });
  await expect.poll(() => started).toBe(2);
  client.cancel();
  await expect.poll(() => reasons).toEqual(["CANCELLED", "CANCELLED"]);
});

test("a client that is done gets the rest of its responses", async () => {
  const gate = latch();
  const server = await serveEcho({
    async unary(request) {
      await gate.opened;
      return request;
    },
  });
  const client = muxClient(server.address);
  client.send({ calls: [muxCall({ id: 1 })] });
  client.finish();
  gate.open();
  expect(await client.ended).toMatchObject({ code: status.OK });
  expect(client.results).toMatchObject([{ id: 1, code: status.OK }]);
});

test("a server that closes says so, and answers what is open and what arrives meanwhile", async () => {
  const gate = latch();
  let started = 0;
  const server = await serveEcho(
    {
      async unary(request) {
        started += 1;
        await gate.opened;
        return request;
      },
    },
    { drainMs: 30_000 },
  );
  const client = muxClient(server.address);
  client.send({ calls: [muxCall({ id: 1 })] });
  await expect.poll(() => started).toBe(1);
  const closed = server.close();
  await expect.poll(() => client.isDraining()).toBe(true);
  client.send({ calls: [muxCall({ id: 2, path: "" })] });
  client.finish();
  gate.open();
  expect(await client.ended).toMatchObject({ code: status.OK });
  expect(client.results.map(({ id, code }) => [id, code])).toEqual([
    [1, status.OK],
    [2, status.OK],
  ]);
  await closed;
});

test("a large response comes in parts, between which small ones arrive", async () => {
  const text = "x".repeat(1024 * 1024);
  const server = await serveEcho({ unary: async ({ number }) => ({ text: number === 1 ? text : "small", number }) });
  const client = muxClient(server.address);
  client.send({
    calls: [
      muxCall({ id: 1, message: noteBytes({ number: 1 }) }),
      muxCall({ id: 2, path: "", message: noteBytes({ number: 2 }) }),
    ],
  });
  await expect.poll(() => client.results.filter(({ id, more }) => id === 1 && !more).length).toBe(1);
  expect(client.results.findIndex(({ id }) => id === 2)).toBeLessThan(3);
  const parts = client.results.filter(({ id }) => id === 1);
  expect(Math.max(...parts.map(({ message }) => message.length))).toBe(64 * 1024);
  expect(Buffer.concat(parts.map(({ message }) => message))).toEqual(Buffer.from(noteBytes({ text, number: 1 })));
});

test("a server reads no more calls of a client that reads no responses", async () => {
  const text = "x".repeat(1024 * 1024);
  let handled = 0;
  const server = await serveEcho({
    async unary({ number }) {
      handled += 1;
      return { text, number };
    },
  });
  const client = muxClient(server.address);
  client.pause();
  const other = muxClient(server.address);
  for (let id = 0; id < 100; id++) client.send({ calls: [muxCall({ id, timeoutMs: 60_000 })] });
  await expect.poll(() => handled).toBeGreaterThan(8);
  // The calls of another client arrive, while those that wait do not.
  for (let id = 0; id < 3; id++) {
    other.send({ calls: [muxCall({ id })] });
    await expect.poll(() => other.results.filter((result) => result.id === id && !result.more).length).toBe(1);
  }
  expect(handled).toBeLessThan(40);
  client.resume();
  await expect.poll(() => client.results.filter(({ more }) => !more).length).toBe(100);
});

test("half a million empty calls are not even read", async () => {
  const server = await serveEcho();
  const client = muxClient(server.address);
  const before = process.memoryUsage().rss;
  const started = performance.now();
  client.sendBytes(new Uint8Array(1_000_000).map((_, at) => (at % 2 === 0 ? 10 : 0)));
  expect(await client.ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  expect(performance.now() - started).toBeLessThan(30_000);
});

test("a header whose type is not what its name says does not count", async () => {
  const seen: unknown[] = [];
  const server = await serveEcho({
    async unary(request, context) {
      const { call } = context as CallScope;
      seen.push(call.header("x-text"), call.header("x-bytes-bin"), call.header("X-Fine"));
      return request;
    },
  });
  const client = muxClient(server.address);
  const headers: MuxHeader[] = [
    { name: "x-text", value: { $case: "binary", value: new Uint8Array([1]) } },
    { name: "x-bytes-bin", value: { $case: "text", value: "a" } },
    { name: "x-fine", value: { $case: "text", value: "b" } },
  ];
  client.send({ calls: [muxCall({ id: 1, headers })] });
  await expect.poll(() => seen).toEqual([undefined, undefined, "b"]);
});
