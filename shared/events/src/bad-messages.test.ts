import { DiscardPolicy } from "nats";
import { expect, test, vi } from "vitest";
import { Happened, Noted } from "../fixtures/happened.ts";
import { effectsOf, numbers, openPart, publish, record, unsent } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";

test("messages of subjects that no contract has, and of other events, are left alone between those of a consumer", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Happened, record)] });
  await using streams = await openStreams(opened.servers.nats);
  for (const number of numbers(5)) {
    await publish(part, "a", [number]);
    await vi.waitFor(async () => expect(await unsent(part)).toBe(0));
    await streams.put("test.v1.unheard_of", "garbage");
    await streams.put(Noted.subject, '{"thing":"a","number":99}');
  }
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(5)));
  expect(await streams.read()).toHaveLength(15);
  expect([await streams.deadLetters(), part.health.warnings()]).toEqual([[], {}]);
});

test("events of a stream that keeps other subjects wait in the outbox, with a reason, and are handled once it is right", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  const { streams: manager } = await streams.connection.jetstreamManager();
  await manager.add({ name: "test_v1", subjects: ["other.>"], discard: DiscardPolicy.New });
  await using part = await openPart(opened.servers, {
    service: "test",
    consumers: [on(Happened, record)],
    streamCheckMs: 50,
  });
  await publish(part, "a", numbers(5));
  await expect
    .poll(() => part.health.warnings().events)
    .toContain("the stream test_v1 keeps other.> instead of test.v1.*");
  const reason = expect.stringContaining("the stream test_v1 keeps other.>");
  await expect.poll(() => part.logged).toContainEqual(expect.objectContaining({ stream: "test_v1", reason }));
  expect([await unsent(part), await effectsOf(part)]).toEqual([5, []]);
  await manager.update("test_v1", { subjects: ["test.v1.*"] });
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(5)));
  await expect.poll(() => part.health.warnings()).toEqual({});
});
