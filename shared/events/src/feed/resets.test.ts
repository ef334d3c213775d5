import { describe, expect, test } from "vitest";
import { openHappenings, openProcess, stopHeartbeatChecks } from "../../fixtures/feed.ts";

const waiting = { timeout: 60_000 };
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("a feed", { timeout: 240_000 }, () => {
  test("is reset if the stream was deleted and created again, also for those who come back with an old id", async () => {
    const { nats, publish, manager, create } = await openHappenings();
    const { subscribe } = openProcess(nats.url);
    const ada = subscribe("ada").readAll();
    await expect.poll(() => ada.types, waiting).toEqual(["started"]);
    await publish("a", upTo(5));
    await expect.poll(() => ada.numbers, waiting).toEqual(upTo(5));
    const old = ada.lastId;
    await (await manager()).streams.delete("test_v1");
    await create();
    await expect.poll(() => ada.types.at(-1), waiting).toBe("reset");
    expect(ada.seen.at(-1)?.data).toEqual({ type: "reset", reason: "rebuilt" });
    await publish("a", [6]);
    await expect.poll(() => ada.numbers, waiting).toEqual(upTo(6));
    const back = subscribe("ada", { after: old }).readAll();
    await expect.poll(() => back.types, waiting).toEqual(["reset"]);
    await publish("a", [7]);
    await expect.poll(() => [ada.numbers.at(-1), back.numbers], waiting).toEqual([7, [7]]);
  });

  test("is reset if the stream is created again while a subscriber catches up", async () => {
    const { nats, publish, manager, create } = await openHappenings();
    const { subscribe } = openProcess(nats.url);
    const live = subscribe("ada").readAll();
    await expect.poll(() => live.types, waiting).toEqual(["started"]);
    await publish("a", upTo(150));
    const late = subscribe("ada", { after: live.seen[0]?.id });
    for (let count = 0; count < 20; count++) await late.next();
    await (await manager()).streams.delete("test_v1");
    await create();
    await publish("a", upTo(203, 201));
    await expect.poll(() => live.types.at(-1), waiting).toBe("reset");
    late.readAll();
    await expect.poll(() => late.types.at(-1), waiting).toBe("reset");
    expect(late.seen.at(-1)).toMatchObject({ id: live.lastId, data: { type: "reset", reason: "rebuilt" } });
    await publish("a", [204]);
    await expect.poll(() => [live.numbers.at(-1), late.numbers.at(-1)], waiting).toEqual([204, 204]);
  });

  test.each([
    // A position that another process has read.
    ["of the old stream, which was not read yet", (old: number) => `${old}-9`, ["reset", "event"]],
    ["of the old stream that is not in memory any more", (old: number) => `${old}-1`, ["reset", "event"]],
    ["of the new stream", (_: number, now: number) => `${now}-8`, ["event"]],
  ])("is reset at most once for a position %s, before its process notices that", async (_, idOf, expected) => {
    stopHeartbeatChecks();
    const { nats, publish, manager, create } = await openHappenings();
    const { subscribe } = openProcess(nats.url, { recentCount: 4 });
    const live = subscribe("ada").readAll();
    await expect.poll(() => live.types, waiting).toEqual(["started"]);
    await publish("a", upTo(8));
    await expect.poll(() => live.numbers, waiting).toEqual(upTo(8));
    const { streams } = await manager();
    const old = Date.parse(String((await streams.info("test_v1")).created));
    await streams.delete("test_v1");
    await create();
    const now = Date.parse(String((await streams.info("test_v1")).created));
    await publish("a", upTo(108, 101));
    const back = subscribe("ada", { after: idOf(old, now) }).readAll();
    await expect.poll(() => live.types.at(-1), waiting).toBe("reset");
    await publish("a", [200]);
    await expect.poll(() => back.numbers, waiting).toEqual([200]);
    expect(back.types).toEqual(expected);
  });

  test("is reset if the stream has removed what a subscriber has missed", async () => {
    const { nats, publish, manager } = await openHappenings();
    const first = openProcess(nats.url).subscribe("ada");
    await first.next();
    first.leave();
    await publish("a", upTo(10));
    await (await manager()).streams.purge("test_v1", { seq: 6 });
    const late = openProcess(nats.url).subscribe("ada", { after: first.lastId }).readAll();
    await expect.poll(() => late.seen.map(({ data }) => data), waiting).toEqual([{ type: "reset", reason: "expired" }]);
    await publish("a", [11]);
    await expect.poll(() => late.numbers, waiting).toEqual([11]);
  });
});
