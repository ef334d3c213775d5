import { setImmediate as immediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openHappenings, openProcess, stopHeartbeatChecks } from "../../fixtures/feed.ts";
import { Noted } from "../../fixtures/happened.ts";

const waiting = { timeout: 60_000 };
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("a feed", { timeout: 240_000 }, () => {
  test("brings each event that comes after its start, to those who may see it", async () => {
    const { nats, publish, put } = await openHappenings();
    await publish("a", [0]);
    const { subscribe } = openProcess(nats.url);
    const [ada, all, one] = [subscribe("ada"), subscribe(undefined), subscribe("ada", { key: "b" })];
    for (const reader of [ada, all, one]) expect(await reader.next()).toMatchObject({ data: { type: "started" } });
    for (const reader of [ada, all, one]) reader.readAll();
    await publish("a", [1, 2]);
    await publish("a", [3], "bob");
    await put("no event");
    await put(JSON.stringify({ thing: "a", number: 4 }), Noted.subject);
    await publish("b", [5]);
    await expect.poll(() => all.numbers, waiting).toEqual([1, 2, 3, 5]);
    expect([ada.numbers, one.numbers]).toEqual([[1, 2, 5], [5]]);
  });

  test("has one read of NATS, however many subscribers there are", async () => {
    const { nats, publish, manager } = await openHappenings();
    const { subscribe } = openProcess(nats.url);
    const readers = upTo(200).map(() => subscribe("ada").readAll());
    await expect.poll(() => readers.every(({ types }) => types.length === 1), waiting).toBe(true);
    await publish("a", [1]);
    await expect.poll(() => readers.every(({ numbers }) => numbers.length === 1), waiting).toBe(true);
    expect(await (await manager()).consumers.list("test_v1").next()).toHaveLength(1);
  });

  test.each([
    ["in memory", 10_000],
    ["in NATS", 8],
  ])("goes on after an id at another process, with the events that are %s, while more come", async (_, recentCount) => {
    const { nats, publish } = await openHappenings();
    const first = openProcess(nats.url).subscribe("ada");
    await first.next();
    const other = openProcess(nats.url, { recentCount });
    await other.subscribe("ada").next();
    const publishing = (async () => {
      for (const number of upTo(600)) await publish("a", [number], number % 3 === 0 ? "bob" : "ada");
    })();
    for (let count = 0; count < 20; count++) await first.next();
    first.leave();
    const expected = upTo(600).filter((number) => number % 3 !== 0);
    const second = other.subscribe("ada", { after: first.lastId }).readAll();
    await publishing;
    const late = other.subscribe("ada", { after: first.lastId }).readAll();
    for (const reader of [second, late]) {
      await expect.poll(() => reader.numbers.length, waiting).toBe(expected.length - 20);
      expect([...first.numbers, ...reader.numbers]).toEqual(expected);
      expect(reader.types).not.toContain("reset");
    }
  });

  test("of a subscriber that saw nothing goes on after its start, and later positions", async () => {
    const { nats, publish } = await openHappenings();
    const { subscribe } = openProcess(nats.url, { positionMs: 50 });
    const bob = subscribe("bob");
    await bob.next();
    const started = bob.lastId;
    const ada = subscribe("ada", { after: started });
    await publish("a", [1]);
    // The event was read before Bob waits for events.
    await ada.next();
    expect(await bob.next()).toMatchObject({ data: { type: "position" } });
    await publish("a", [2], "bob");
    for (const after of [started, bob.lastId]) {
      const again = subscribe("bob", { after });
      expect(await again.next()).toMatchObject({ data: { type: "event", event: { number: 2 } } });
    }
  });

  test("goes on after NATS was killed", async () => {
    const { nats, publish } = await openHappenings();
    const ada = openProcess(nats.url).subscribe("ada").readAll();
    await expect.poll(() => ada.types, waiting).toEqual(["started"]);
    await publish("a", upTo(20));
    await nats.kill();
    await nats.restart();
    await publish("a", upTo(40, 21));
    await expect.poll(() => ada.numbers, waiting).toEqual(upTo(40));
  });

  test("goes on when NATS is back, and does not wait for heartbeats first", async () => {
    stopHeartbeatChecks();
    const { nats, publish } = await openHappenings();
    const ada = openProcess(nats.url).subscribe("ada").readAll();
    await expect.poll(() => ada.types, waiting).toEqual(["started"]);
    await publish("a", [1]);
    await expect.poll(() => ada.numbers, waiting).toEqual([1]);
    await nats.kill();
    await nats.restart();
    await publish("a", [2]);
    await expect.poll(() => ada.numbers, waiting).toEqual([1, 2]);
  });

  test("is not read for subscribers that have left before it was their turn", async () => {
    const { nats, publish, connection } = await openHappenings();
    const first = openProcess(nats.url).subscribe("ada");
    await first.next();
    await publish("a", upTo(100));
    const { subscribe } = openProcess(nats.url, { recentCount: 8 });
    await subscribe("ada").next();
    const created = first.lastId?.split("-")[0];
    let reads = 0;
    connection.subscribe("$JS.EVENT.ADVISORY.CONSUMER.CREATED.test_v1.>", { callback: () => void reads++ });
    await connection.flush();
    const readers = upTo(50).map((sequence) => subscribe("ada", { after: `${created}-${sequence}` }));
    const messages = readers.map((reader) => reader.next());
    // All wait now: the first read takes some responses of NATS.
    await immediate();
    for (const reader of readers.slice(1)) reader.leave();
    expect((await Promise.all(messages)).filter((message) => message)).toHaveLength(1);
    await subscribe("ada", { after: `${created}-60` }).next();
    await connection.flush();
    expect(reads).toBeLessThan(10);
  });

  test("ends for a subscriber that reads too slowly, which then goes on, and for no other", async () => {
    const { nats, publish } = await openHappenings();
    const { subscribe } = openProcess(nats.url, { maxPending: 10, recentCount: 40 });
    const quick = subscribe("ada").readAll();
    const slow = subscribe("ada");
    await slow.next();
    const taking = slow.next();
    await publish("a", upTo(100));
    await taking;
    await expect.poll(() => quick.numbers, waiting).toEqual(upTo(100));
    slow.readAll();
    await expect
      .poll(() => slow.error, waiting)
      .toMatchObject({ code: "UNAVAILABLE", reason: "SLOW_READER", retryAfterMs: 0 });
    expect(slow.numbers.length).toBeLessThanOrEqual(12);
    const again = subscribe("ada", { after: slow.lastId }).readAll();
    await expect.poll(() => [...slow.numbers, ...again.numbers], waiting).toEqual(upTo(100));
  });

  test.each(["x", "2", "", "1764495600000-", "0-0", "-1-1", "1e3-1", "99999999999999999999-1", '"~n1"'])(
    "rejects %j, which is no id of a feed",
    async (after) => {
      const { nats } = await openHappenings();
      const reader = openProcess(nats.url).subscribe("ada", { after });
      await expect(reader.next()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    },
  );

  test("is unavailable while there is no stream, or no NATS", async () => {
    const { nats, manager } = await openHappenings();
    await (await manager()).streams.delete("test_v1");
    const { subscribe } = openProcess(nats.url);
    await expect(subscribe("ada").next()).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs: 1_000 });
    await nats.kill();
    await expect(openProcess(nats.url).subscribe("ada").next()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("ends when its process ends, in a way that makes clients come back", async () => {
    const { nats } = await openHappenings();
    const { subscribe, close } = openProcess(nats.url);
    const ada = subscribe("ada").readAll();
    await expect.poll(() => ada.types, waiting).toEqual(["started"]);
    await close();
    await expect.poll(() => ada.error, waiting).toMatchObject({ code: "UNAVAILABLE" });
  });
});
