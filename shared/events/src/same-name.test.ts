import { testDatabase } from "@mesh/testing";
import { expect, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { effectsOf, numbers, openPart, publish, record } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { on } from "./index.ts";

const consumers = [on(Happened, record)];

test("of two services with the same name, the first one consumes, and the other one reports why it does not until it may", async () => {
  await using opened = await openServers();
  await using database = await testDatabase();
  await using other = await (async () => {
    await using first = await openPart(opened.servers, { consumers });
    await publish(first, "a", numbers(5));
    await vi.waitFor(async () => expect(await effectsOf(first)).toEqual(numbers(5)));
    const second = await openPart({ ...opened.servers, database: database.url }, { consumers });
    const reason = "part_test_v1_happened gets no events: a service with another database consumes by this name";
    await expect.poll(() => second.health.warnings().events).toContain(reason);
    await publish(first, "a", numbers(50).slice(5));
    await vi.waitFor(async () => expect(await effectsOf(first)).toEqual(numbers(50)));
    expect([first.health.warnings(), await effectsOf(second)]).toEqual([{}, []]);
    return second;
  })();
  // The first has ended.
  await vi.waitFor(async () => expect(await effectsOf(other)).toEqual(numbers(50)));
  expect(other.health.warnings()).toEqual({});
});
