import { MeshError } from "@mesh/contracts";
import { newTrace } from "@mesh/runtime";
import { testNetwork } from "@mesh/testing";
import { testSignatures } from "@mesh/testing/service";
import { describe, expect, test, vi } from "vitest";
import { Happened, Noted } from "../fixtures/happened.ts";
import { effects, nobody, numbers, openPart, outbox, publish, unsent } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";

describe("an event", () => {
  test("goes out if and only if its transaction commits", async () => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers);
    const failing = part.events.transaction(nobody, async (tx) => {
      await tx.publish(Happened, { thing: "a", number: 1 });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    const id = await part.events.transaction(nobody, (tx) => tx.publish(Happened, { thing: "a", number: 2 }));
    await vi.waitFor(async () => expect(await unsent(part)).toBe(0), 5_000);

    await using streams = await openStreams(opened.servers.nats);
    const messages = await streams.read();
    expect(messages.map((message) => message.json())).toEqual([{ thing: "a", number: 2, note: "" }]);
    expect(messages.map(({ headers }) => headers?.get("Nats-Msg-Id"))).toEqual([id]);
  });

  test("carries its key, a signature, and its trace", async () => {
    await using opened = await openServers();
    const signatures = await testSignatures("test");
    await using part = await openPart(opened.servers, { signatures });
    const trace = newTrace();
    const principal = { kind: "customer", id: "0190" } as const;
    const sender = { principal, trace };
    const id = await part.events.transaction(sender, (tx) => tx.publish(Happened, { thing: "ä\n", number: 1 }));
    await vi.waitFor(async () => expect(await unsent(part)).toBe(0), 5_000);

    await using streams = await openStreams(opened.servers.nats);
    const [message] = await streams.read();
    expect(message?.subject).toBe("test.v1.happened");
    expect(message?.headers?.get("mesh-key")).toBe("%C3%A4%0A");
    const signature = message?.headers?.get("mesh-signature") ?? "";
    const signed = { id, subject: "test.v1.happened", service: "test", payload: message?.data ?? new Uint8Array() };
    expect(await signatures.verify(signature, signed)).toEqual(principal);
    expect(message?.headers?.get("traceparent")).toBe(`00-${trace.traceId}-${trace.spanId}-01`);
  });

  test("that breaks its contract or is too large is refused, with all that its transaction did", async () => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers);
    const publishing = (thing: string, note = "") =>
      part.events.transaction(nobody, async (tx) => {
        await tx.insert(effects).values({ thing, number: 1 });
        await tx.publish(Happened, { thing, number: 1, note });
      });
    await expect(publishing("")).rejects.toThrow(/test\.v1\.Happened breaks its contract: thing:/);
    const refusal = await publishing("a", "x".repeat(256 * 1024)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MeshError);
    expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED", message: expect.stringContaining("262144") });
    expect([await part.store.db.$count(effects), await part.store.db.$count(outbox)]).toEqual([0, 0]);
  });

  test("that was sent but not marked is not kept twice", async () => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers);
    await publish(part, "a", [1]);
    await vi.waitFor(async () => expect(await unsent(part)).toBe(0), 5_000);
    await part.store.db.update(outbox).set({ sentAt: null });
    await vi.waitFor(async () => expect(await unsent(part)).toBe(0), 5_000);
    await using streams = await openStreams(opened.servers.nats);
    expect(await streams.read()).toHaveLength(1);
  });
});

test("events of a key stay in order, across subjects and across the processes that relay", async () => {
  await using opened = await openServers();
  await using one = await openPart(opened.servers, { pollMs: 5 });
  await using other = await openPart(opened.servers, { pollMs: 5 });
  const keys = ["a", "b", "c"];
  await Promise.all(
    keys.map(async (thing) => {
      for (const number of numbers(120)) {
        const { events } = number % 2 === 0 ? one : other;
        await events.transaction(nobody, (tx) => tx.publish(number % 3 === 0 ? Noted : Happened, { thing, number }));
      }
    }),
  );
  await vi.waitFor(async () => expect(await unsent(one)).toBe(0), 10_000);
  await using streams = await openStreams(opened.servers.nats);
  const sent = (await streams.read()).map((message) => message.json<Happened>());
  for (const key of keys) {
    expect(sent.filter(({ thing }) => thing === key).map(({ number }) => number)).toEqual(numbers(120));
  }
});

test("events that wait are sent in the order of the outbox, except those of a key that NATS rejects", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  await using part = await openPart(opened.servers, { streams: { maxBytes: 100_000 } });
  await publish(part, "first", [0]);
  await expect.poll(() => streams.read(), { timeout: 10_000 }).toHaveLength(1);
  const manager = await streams.connection.jetstreamManager();
  const { config } = await manager.streams.info("test_v1");
  expect(config).toMatchObject({ allow_batched: true });
  await manager.streams.update("test_v1", { ...config, max_msg_size: 2_000 });
  const things = ["a", "b", "c"];
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(60)) {
      const note = number === 31 ? "x".repeat(3_000) : "";
      await tx.publish(Happened, { thing: things[number % 3] ?? "", number, note });
    }
  });
  const isSent = (number: number) => number % 3 !== 1 || number < 31;
  const read = async () => (await streams.read()).slice(1).map((message) => message.json<Happened>().number);
  const expected = numbers(60).filter(isSent);
  await expect
    .poll(async () => (await read()).sort((one, other) => one - other), { timeout: 10_000 })
    .toEqual(expected);
  expect((await read()).slice(0, 31)).toEqual(numbers(31));
  expect(await unsent(part)).toBe(60 - expected.length);
});

test("events wait while NATS is down, and are sent in order when it is back", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers);
  await expect.poll(() => part.bus.current()).toBeDefined();
  await opened.nats.kill();
  await publish(part, "a", numbers(20));
  await expect.poll(() => part.health.warnings()).toEqual({ events: "NATS can't be reached" });
  expect(part.health.ready()).toBe(true);
  expect(await unsent(part)).toBe(20);

  await opened.nats.restart();
  await vi.waitFor(async () => expect(await unsent(part)).toBe(0), 15_000);
  await using streams = await openStreams(opened.servers.nats);
  expect((await streams.read()).map((message) => message.json<Happened>().number)).toEqual(numbers(20));
});

test("events that one stream rejects do not delay other streams", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { streams: { maxBytes: 2_000 } });
  await publish(part, "a", numbers(20));
  const elsewhere = { ...Happened, stream: "other_v1", subject: "other.v1.happened" };
  await part.events.transaction(nobody, (tx) => tx.publish(elsewhere, { thing: "a", number: 1 }));
  await using streams = await openStreams(opened.servers.nats);
  await vi.waitFor(async () => expect(await streams.read("other_v1")).toHaveLength(1), 5_000);
  expect(await unsent(part)).toBeGreaterThan(0);
  const reasons = () => part.logged.filter(({ reason }) => String(reason).includes("maximum bytes"));
  await vi.waitFor(() => expect(reasons()).toHaveLength(1), 5_000);
});

test("events of a slow NATS are sent a part at a time, and each part is marked: none is sent twice", async () => {
  await using opened = await openServers();
  await using network = await testNetwork(opened.servers.nats);
  // PostgreSQL ends a transaction that waits longer between two statements, and all events together take five times as long.
  const database = `${opened.servers.database}?idle_in_transaction_session_timeout=2000`;
  await using part = await openPart({ nats: network.url, database }, { relayBudgetMs: 200 });
  await publish(part, "b", [0]);
  await expect.poll(() => unsent(part)).toBe(0);
  await using streams = await openStreams(opened.servers.nats);
  const attempts = streams.connection.subscribe("test.v1.happened");
  await streams.connection.flush();
  network.delayMs = 50;
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(100)) await tx.publish(Happened, { thing: "a", number });
  });
  await expect.poll(() => unsent(part)).toBe(0);
  await streams.connection.flush();
  expect(attempts.getReceived()).toBe(100);
  const sent = (await streams.read()).map((message) => message.json<Happened>()).filter(({ thing }) => thing === "a");
  expect(sent.map(({ number }) => number)).toEqual(numbers(100));
});

test("a backlog of one stream, however long, does not delay other streams", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { streams: { maxBytes: 2_000 } });
  const elsewhere = { ...Happened, stream: "other_v1", subject: "other.v1.happened" };
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(350)) await tx.publish(Happened, { thing: `thing ${number % 70}`, number });
    await tx.publish(elsewhere, { thing: "a", number: 1 });
  });
  await using streams = await openStreams(opened.servers.nats);
  await expect.poll(async () => (await streams.read("other_v1")).length).toBe(1);
  expect(await unsent(part)).toBeGreaterThan(300);
});

test("while only events of a paused stream wait, the outbox is read once for each attempt to send them", async () => {
  await using opened = await openServers();
  await using database = await testNetwork(opened.servers.database);
  await using streams = await openStreams(opened.servers.nats);
  const servers = { nats: opened.servers.nats, database: database.url };
  await using part = await openPart(servers, { streams: { maxBytes: 2_000 }, pollMs: 1 });
  await publish(part, "a", numbers(20));
  await expect.poll(() => part.logged.some(({ reason }) => String(reason).includes("maximum bytes"))).toBe(true);
  const attempts = streams.connection.subscribe("test.v1.happened");
  const before = database.sent;
  await expect.poll(() => attempts.getReceived()).toBeGreaterThan(3);
  // An attempt has five statements; a look each millisecond would be hundreds.
  expect(database.sent - before).toBeLessThan(attempts.getReceived() * 20);
});

test("events that NATS rejects for what they are do not delay other keys", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers);
  await using streams = await openStreams(opened.servers.nats);
  const manager = await streams.connection.jetstreamManager();
  await publish(part, "a", [0]);
  await expect.poll(() => unsent(part)).toBe(0);
  await manager.streams.update("test_v1", { max_msg_size: 2_000 });
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(150)) await tx.publish(Happened, { thing: "large", number, note: "x".repeat(3_000) });
    await tx.publish(Happened, { thing: "small", number: 1 });
  });
  await expect
    .poll(async () => (await streams.read()).map((message) => message.json<Happened>().thing))
    .toContain("small");
  await expect.poll(() => unsent(part)).toBe(150);
  await manager.streams.update("test_v1", { max_msg_size: -1 });
  await expect.poll(() => unsent(part)).toBe(0);
});

test("closing sends the events in the outbox", async () => {
  await using opened = await openServers();
  const part = await openPart(opened.servers, { pollMs: 60_000 });
  await expect.poll(() => part.bus.current()).toBeDefined();
  await part.store.transaction(async (tx) => {
    const headers = {};
    const payload = Happened.encode({ thing: "a", number: 1, note: "" });
    await tx.insert(outbox).values({ stream: "test_v1", subject: "test.v1.happened", key: "a", headers, payload });
  });
  await part[Symbol.asyncDispose]();
  await using streams = await openStreams(opened.servers.nats);
  expect(await streams.read()).toHaveLength(1);
});
