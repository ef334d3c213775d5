import { createHealth } from "@mesh/runtime";
import { expect, test } from "vitest";
import { startProxy } from "../fixtures/proxy.ts";
import { callMany, connectReplicas, serveReplica, type Tally } from "../fixtures/replicas.ts";
import { collect, latch, serveEcho } from "../fixtures/servers.ts";

function shares(tally: Tally): Record<string, number> {
  const all = Object.values(tally).reduce((sum, calls) => sum + calls, 0);
  return Object.fromEntries(Object.entries(tally).map(([id, calls]) => [id, calls / all]));
}

test("calls, one after the other or several at a time, are shared by all replicas", async () => {
  const replicas = await Promise.all(["a", "b", "c"].map((id) => serveReplica(id)));
  const { client } = connectReplicas(replicas);
  for (const atOnce of [1, 16]) {
    const share = shares(await callMany(client, 500, atOnce));
    expect(Object.keys(share).sort()).toEqual(["a", "b", "c"]);
    for (const one of Object.values(share)) expect(one).toBeGreaterThan(0.1);
  }
});

test("streams are shared by all replicas", async () => {
  const replicas = await Promise.all(["a", "b", "c"].map((id) => serveReplica(id)));
  const { client } = connectReplicas(replicas);
  const streams = await Promise.all(Array.from({ length: 90 }, () => collect(client.down({ number: 1 }))));
  const tally: Tally = {};
  for (const { text } of streams.flat()) tally[text] = (tally[text] ?? 0) + 1;
  for (const id of ["a", "b", "c"]) expect(tally[id]).toBeGreaterThan(10);
});

test("a slow replica gets few calls", async () => {
  const slow = await serveReplica("slow", {
    async unary({ number }) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { text: "slow", number };
    },
  });
  const { client } = connectReplicas([slow, await serveReplica("a"), await serveReplica("b")]);
  await callMany(client, 100, 10);
  // An even share is a third. On a busy machine the others are slow, too.
  expect(shares(await callMany(client, 500, 10)).slow ?? 0).toBeLessThan(0.2);
});

test("a replica that joins gets calls, and one that leaves ends those that it has", async () => {
  const gate = latch();
  let isWaiting = false;
  const a = await serveReplica("a", {
    async unary({ text, number }) {
      isWaiting ||= text === "wait";
      if (text === "wait") await gate.opened;
      return { text: "a", number };
    },
  });
  const proxy = await startProxy(a.port);
  const { client, discovery } = connectReplicas([{ id: "a", address: proxy.address }]);
  const open = client.unary({ text: "wait" });
  await expect.poll(() => isWaiting).toBe(true);
  const b = await serveReplica("b");
  discovery.set([{ id: "a", address: proxy.address }, b]);
  const joinedAt = Date.now();
  await expect.poll(() => client.unary({})).toMatchObject({ text: "b" });
  expect(Date.now() - joinedAt).toBeLessThan(2_000);
  discovery.set([b]);
  expect(await callMany(client, 50)).toEqual({ b: 50 });
  expect(proxy.connections()).toBeGreaterThan(0);
  gate.open();
  expect(await open).toMatchObject({ text: "a" });
  await expect.poll(() => proxy.connections()).toBe(0);
});

test("without a replica calls fail immediately, and before the first list they wait", async () => {
  const { client, upstream, discovery } = connectReplicas(undefined);
  await expect(client.unary({}, { timeoutMs: 20 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  const leaving = new AbortController();
  const left = client.unary({}, { signal: leaving.signal });
  leaving.abort();
  await expect(left).rejects.toMatchObject({ code: "CANCELLED" });
  const calls = [client.unary({}), collect(client.down({ number: 1 })), upstream.check()];
  discovery.set([await serveReplica("a")]);
  expect(await Promise.all(calls)).toMatchObject([{ text: "a" }, [{ text: "a" }], { ready: true }]);
  discovery.set([]);
  const none = { code: "UNAVAILABLE", message: "test has no known replica" };
  await expect(client.unary({})).rejects.toMatchObject(none);
  await expect(collect(client.down({}))).rejects.toMatchObject(none);
  expect(await upstream.check()).toEqual({ ready: false, reason: "test has no known replica" });
});

test("a discovery that says nothing for two seconds has no replica", async () => {
  const { client } = connectReplicas(undefined);
  const startedAt = Date.now();
  await expect(client.unary({})).rejects.toMatchObject({ message: "test has no known replica" });
  expect(Date.now() - startedAt).toBeGreaterThan(1_900);
});

test("replicas that can't be connected get no calls while another one can, and it is ready", async () => {
  const gone = await serveEcho();
  await gone.close();
  const { client, upstream } = connectReplicas([{ id: "gone", address: gone.address }, await serveReplica("a")]);
  expect(await callMany(client, 100)).toEqual({ a: 100 });
  expect(await upstream.check()).toEqual({ ready: true, reason: "" });
  await serveReplica("back", {}, { port: gone.port });
  await expect.poll(() => client.unary({})).toMatchObject({ text: "back" });
});

test("if no replica can be connected, calls fail, and a check has the reason", async () => {
  const [one, other] = [await serveEcho(), await serveEcho()];
  await Promise.all([one.close(), other.close()]);
  const { client, upstream } = connectReplicas([one, other].map(({ address }) => ({ id: address, address })));
  await expect(client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE", message: /test can't be reached/ });
  expect(await upstream.check()).toEqual({
    ready: false,
    reason: "test can't be reached (grpc.health.v1.Health/Check)",
  });
});

test("no call fails when a replica closes", async () => {
  const replicas = await Promise.all(["a", "b", "c"].map((id) => serveReplica(id, {}, { drainMs: 10_000 })));
  const { client } = connectReplicas(replicas);
  await callMany(client, 200);
  const calls = callMany(client, 2_000, 32);
  await client.unary({});
  await replicas[0]?.close();
  const tally = await calls;
  expect(tally.failed).toBeUndefined();
  expect((tally.b ?? 0) + (tally.c ?? 0)).toBeGreaterThan(1_000);
});

test("a replica that says it is not ready gets no calls while others are", async () => {
  const health = createHealth();
  const { client } = connectReplicas([await serveReplica("a", {}, { health }), await serveReplica("b")]);
  await expect.poll(() => client.unary({})).toMatchObject({ text: "a" });
  health.set("process", false, "ending");
  await expect.poll(() => callMany(client, 20)).toEqual({ b: 20 });
  health.set("process", true);
  await expect.poll(() => client.unary({})).toMatchObject({ text: "a" });
});
