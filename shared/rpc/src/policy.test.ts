import { MeshError } from "@mesh/contracts";
import { expect, test, vi } from "vitest";
import { EchoService } from "../fixtures/echo.ts";
import { testAuthority } from "../fixtures/identities.ts";
import { connectWith, TestPolicy } from "../fixtures/policy.ts";
import { callMany, serveReplica, type Tally, TestDiscovery } from "../fixtures/replicas.ts";
import { collect, latch, serveEcho, untilAborted } from "../fixtures/servers.ts";
import { type ClientMiddleware, connect, setDeadline } from "./index.ts";

/** Serves a handler of `unary` and `brief` that responds with the time that is left of the call. */
function serveTimes(policy = new TestPolicy()) {
  const timeLeft = async (_: unknown, { deadline }: { readonly deadline: number }) => {
    return { text: "", number: deadline - Date.now() };
  };
  return serveEcho({ unary: timeLeft, brief: timeLeft }, { policy });
}

test("a deadline replaces that of the contract, for the caller and the server, with the next call", async () => {
  const policy = new TestPolicy();
  const { address } = await serveTimes(policy);
  const { client } = connectWith(policy, { address });
  const left = async (timeoutMs?: number) => (await client.brief({}, timeoutMs ? { timeoutMs } : {})).number;
  expect(await left()).toBeLessThanOrEqual(300);
  policy.set({ service: "test", method: "Brief", deadline_ms: 90_000 });
  expect(await left()).toBeGreaterThan(60_000);
  expect(await left(500)).toBeLessThanOrEqual(500);
  policy.set({ service: "test", deadline_ms: 100 });
  expect(await left(60_000)).toBeLessThanOrEqual(100);
  policy.set({ service: "other", deadline_ms: 100 });
  expect(await left()).toBeGreaterThan(100);
});

test("a deadline ends calls, also of callers that do not know the policy", async () => {
  const policy = new TestPolicy({ deadline_ms: 50 });
  const { address } = await serveEcho({ unary: (_, { signal }) => untilAborted(signal) }, { policy });
  const { client } = connectWith(new TestPolicy(), { address });
  await expect(client.unary({})).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
});

test("a deadline is that of calls whose callers give none", async () => {
  const { address } = await serveTimes(new TestPolicy({ deadline_ms: 2_000 }));
  const middleware = (defaults: readonly ClientMiddleware[]) => defaults.filter((step) => step !== setDeadline);
  const { client } = connectWith(new TestPolicy(), { address, middleware });
  expect((await client.unary({})).number).toBeLessThanOrEqual(2_000);
});

test("of the rules that match, the most specific one decides a setting", async () => {
  const policy = new TestPolicy();
  const { address } = await serveTimes();
  const { client } = connectWith(policy, { address, callers: ["web", "shop"] });
  // From the least to the most specific.
  const selectors = [
    {},
    { caller: "shop" },
    { service: "test" },
    { service: "test", caller: "shop" },
    { service: "test", method: "Unary" },
    { service: "test", method: "Unary", caller: "shop" },
    // Of several names of a caller, the first one that has a rule decides.
    { service: "test", method: "Unary", caller: "web" },
  ];
  const rules = selectors.map((selector, index) => ({ ...selector, deadline_ms: 1_000 * (index + 1) }));
  for (const [index] of rules.entries()) {
    const others = [
      { service: "test", caller: "other", deadline_ms: 1 },
      { service: "test", method: "Brief", deadline_ms: 1 },
    ];
    policy.set(...rules.slice(0, index + 1).toReversed(), ...others);
    const { number } = await client.unary({});
    expect(number).toBeGreaterThan(1_000 * index);
    expect(number).toBeLessThanOrEqual(1_000 * (index + 1));
  }
  // A more specific rule without the setting does not hide it.
  policy.set({ deadline_ms: 1_000 }, { service: "test", method: "Unary", retries: { attempts: 1 } });
  expect((await client.unary({})).number).toBeLessThanOrEqual(1_000);
});

test("the attempts of a call are as many as a rule says", async () => {
  let calls = 0;
  const fail = () => {
    calls += 1;
    throw new MeshError({ code: "UNAVAILABLE", message: "not now", retryAfterMs: 0 });
  };
  const { address } = await serveEcho({
    unary: async () => fail(),
    async *down() {
      yield fail();
    },
  });
  const policy = new TestPolicy();
  const { client } = connectWith(policy, { address });
  for (const attempts of [1, 5, 2]) {
    calls = 0;
    policy.set({ retries: { attempts } });
    // The retries of a connection are bounded, too.
    const { client } = connectWith(policy, { address });
    await expect(client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(calls).toBe(attempts);
  }
  calls = 0;
  await expect(collect(client.down({}))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(calls).toBe(2);
});

test("calls at the same time are limited at the server, over all methods of a rule, and counted across changes", async () => {
  const { opened, open } = latch();
  const wait = async (request: { text: string; number: number }) => {
    await opened;
    return request;
  };
  const policy = new TestPolicy({ service: "test", limits: { in_flight: 2 } });
  let started = 0;
  const counted = (request: { text: string; number: number }) => {
    started += 1;
    return wait(request);
  };
  const { address } = await serveEcho({ unary: counted, plain: counted }, { policy });
  const { client } = connectWith(new TestPolicy(), { address });
  const running = [client.unary({ number: 1 }), client.plain({ number: 2 })];
  await vi.waitFor(() => expect(started).toBe(2));
  const rejected = { code: "RESOURCE_EXHAUSTED", message: expect.stringContaining("policy") };
  await expect(client.unary({})).rejects.toMatchObject(rejected);
  policy.set({ service: "test", limits: { in_flight: 3 } });
  running.push(client.unary({ number: 3 }));
  await vi.waitFor(() => expect(started).toBe(3));
  await expect(client.unary({})).rejects.toMatchObject(rejected);
  open();
  expect((await Promise.all(running)).map(({ number }) => number)).toEqual([1, 2, 3]);
  await client.unary({});
});

test("a server knows the caller of a rule by its certificate", async () => {
  const authority = await testAuthority();
  const policy = new TestPolicy({ caller: "slow", deadline_ms: 20 });
  const credentials = await authority.identity("test");
  const timeLeft = async (_: unknown, { deadline }: { readonly deadline: number }) => {
    return { text: "", number: deadline - Date.now() };
  };
  const { address } = await serveEcho({ unary: timeLeft }, { policy, credentials });
  const leftOf = async (name: string) => {
    const upstream = connect(EchoService, { address, credentials: await authority.identity(name) });
    const { number } = await upstream.client.unary({});
    await upstream.close();
    return number;
  };
  expect(await leftOf("fast")).toBeGreaterThan(20);
  await expect(leftOf("slow").then((ms) => ms <= 20)).resolves.toBe(true);
});

/** Serves replicas of some versions, whose responses have the version as text, and connects to them. */
async function versions(policy: TestPolicy, ...list: readonly string[]) {
  const replicas = await Promise.all(
    list.map(async (version, index) => ({ ...(await serveReplica(version)), id: String(index), version })),
  );
  const discovery = new TestDiscovery();
  discovery.set(replicas);
  return { ...connectWith(policy, { address: discovery }), discovery, replicas };
}

test("of 10,000 calls, a version gets its 10 %, however many replicas there are", async () => {
  const policy = new TestPolicy({ service: "test", split: { "2": 10 } });
  const { client } = await versions(policy, "1", "1", "2");
  await callMany(client, 100);
  const tally = await callMany(client, 10_000, 32);
  expect(tally.failed).toBeUndefined();
  expect(Math.abs((tally["2"] ?? 0) - 1_000)).toBeLessThanOrEqual(100);
  expect((tally["1"] ?? 0) + (tally["2"] ?? 0)).toBe(10_000);
});

test("a split may name every version, give one none, and is given up if no replica has the version", async () => {
  const policy = new TestPolicy({ split: { "2": 30, "3": 70 } });
  const { client, discovery, replicas } = await versions(policy, "1", "2", "3");
  const shares = async () => {
    const tally: Tally = await callMany(client, 1_000);
    return ["1", "2", "3"].map((version) => Math.round((tally[version] ?? 0) / 10));
  };
  await client.unary({});
  await vi.waitFor(async () => expect((await shares())[0]).toBe(0));
  expect(await shares()).toEqual([0, expect.closeTo(30, -0.5), expect.closeTo(70, -0.5)]);
  policy.set({ split: { "2": 0 } });
  expect((await shares())[1]).toBe(0);
  policy.set({ split: { "4": 100 } });
  expect(Math.min(...(await shares()))).toBeGreaterThan(0);
  policy.set({ split: { "2": 100 } });
  expect(await shares()).toEqual([0, 100, 0]);
  discovery.set(replicas.filter(({ version }) => version !== "2"));
  expect((await shares())[1]).toBe(0);
});

test("streams are split, too", async () => {
  const { client } = await versions(new TestPolicy({ split: { "2": 100 } }), "1", "2");
  await client.unary({});
  await vi.waitFor(async () => expect((await callMany(client, 10))["2"]).toBe(10));
  for (let at = 0; at < 10; at += 1) {
    expect(await collect(client.down({}))).toMatchObject([{ text: "2" }]);
  }
});

test("a fault hits its percentage of the calls of a method and a caller, before they are sent", async () => {
  let calls = 0;
  const { address } = await serveEcho({
    async unary(request) {
      calls += 1;
      return request;
    },
  });
  const fault = { percent: 20, code: "PERMISSION_DENIED" };
  const policy = new TestPolicy({ service: "test", method: "Unary", caller: "shop", fault });
  const { client } = connectWith(policy, { address, callers: ["shop"] });
  const results = await Promise.all(Array.from({ length: 1_000 }, () => client.unary({}).then(() => "", String)));
  const failed = results.filter(Boolean);
  expect(Math.abs(failed.length - 200)).toBeLessThanOrEqual(5);
  expect(new Set(failed)).toEqual(new Set(["MeshError: the policy of the mesh simulates this"]));
  expect(calls).toBe(1_000 - failed.length);
  await Promise.all(Array.from({ length: 20 }, () => client.plain({})));
  const other = connectWith(policy, { address, callers: ["gateway"] });
  await Promise.all(Array.from({ length: 20 }, () => other.client.unary({})));
});

test("a fault delays a call, within its time, and one that is UNAVAILABLE is retried", async () => {
  const { address } = await serveTimes();
  const policy = new TestPolicy({ fault: { percent: 100, delay_ms: 100 } });
  const { client } = connectWith(policy, { address });
  expect((await client.unary({}, { timeoutMs: 10_000 })).number).toBeLessThanOrEqual(9_901);
  await expect(client.unary({}, { timeoutMs: 20 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await expect(collect(client.down({}, { timeoutMs: 20 }))).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  policy.set({ fault: { percent: 50, code: "UNAVAILABLE" } });
  await client.unary({});
  await client.unary({});
  policy.set({ retries: { attempts: 1 }, fault: { percent: 100, code: "UNAVAILABLE" } });
  await expect(client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  policy.set();
  await client.unary({});
});

test("a connection and a server that are closed follow the policy no more", async () => {
  const policy = new TestPolicy();
  const server = await serveEcho({}, { policy });
  const { close } = connectWith(policy, { address: server.address });
  expect(policy.followers).toBe(2);
  await close();
  await server.close();
  expect(policy.followers).toBe(0);
});
