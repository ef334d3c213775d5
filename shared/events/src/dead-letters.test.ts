import { testSignatures } from "@mesh/testing/service";
import { describe, expect, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { type Context, effectsOf, inbox, nobody, openPart, type Part, record } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { reasonHeader } from "./dead-letters.ts";
import { on } from "./index.ts";

const waiting = { timeout: 10_000 };
const errorLevel = 50;

describe("an event that can't be read", () => {
  test.each([
    ["that is not what it says", "\xff\x00garbage", /JSON/],
    ["that breaks a rule of its contract", '{"thing":"a","number":-1}', /breaks its contract: number/],
  ])("%s is set aside and logged once, and the next one is handled", async (_, payload, reason) => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers, { consumers: [on(Happened, record)] });
    await expect.poll(() => part.health.warnings()).toEqual({});
    await using streams = await openStreams(opened.servers.nats);
    await streams.put("test.v1.happened", payload, "bad-one");
    await streams.put("test.v1.happened", '{"thing":"a","number":1}');
    await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1]), waiting);

    const letters = await vi.waitFor(async () => {
      const found = await streams.deadLetters();
      expect(found).toHaveLength(1);
      return found;
    }, waiting);
    expect(letters[0]?.subject).toBe("dead_letters.part.test.v1.happened");
    expect(letters[0]?.string()).toBe(payload);
    expect(letters[0]?.headers?.get(reasonHeader)).toMatch(reason);
    expect(letters[0]?.headers?.get("mesh-event-id")).toBe("bad-one");
    await vi.waitFor(() => expect(errorsOf(part)).toMatchObject([{ id: "bad-one", attempt: 1 }]));
  });
});

test("an event that was acked or nacked is not settled again", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Happened, record)] });
  await expect.poll(() => part.health.warnings()).toEqual({});
  await using streams = await openStreams(opened.servers.nats);
  await streams.put("test.v1.happened", '{"thing":"a","number":1}', "good-one");
  await streams.put("test.v1.happened", "garbage", "bad-one", { lastSequence: 1, lastMsgID: "good-one" });
  await vi.waitFor(async () => expect(await streams.deadLetters()).toHaveLength(1), waiting);
});

test("an event that always fails is dead-lettered unchanged, and leaves no effect", async () => {
  let calls = 0;
  const handler = async (event: Happened, context: Context) => {
    calls++;
    await record(event, context);
    throw new Error("can't\r\nbe done");
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, {
    consumers: [on(Happened, handler)],
    retryDelaysMs: [10, 20],
    signatures: await testSignatures("test"),
  });
  const sender = { ...nobody, principal: { kind: "service", id: "test" } as const };
  const id = await part.events.transaction(sender, (tx) => tx.publish(Happened, { thing: "a", number: 1 }));
  await using streams = await openStreams(opened.servers.nats);
  const [letter] = await vi.waitFor(async () => {
    const found = await streams.deadLetters();
    expect(found).toHaveLength(1);
    return found;
  }, waiting);

  expect(letter?.json()).toEqual({ thing: "a", number: 1, note: "" });
  expect(Object.fromEntries([...(letter?.headers ?? [])].map(([name, [value]]) => [name, value]))).toMatchObject({
    "mesh-signature": expect.any(String),
    "mesh-key": "a",
    traceparent: expect.stringContaining(nobody.trace.traceId),
    "mesh-event-id": id,
    "mesh-dead-letter-consumer": "part_test_v1_happened",
    "mesh-dead-letter-deliveries": "3",
    [reasonHeader]: "can't be done",
  });
  await vi.waitFor(() => expect(errorsOf(part)).toMatchObject([{ id, attempt: 3 }]));
  expect([calls, await effectsOf(part), await part.store.db.$count(inbox)]).toEqual([3, [], 0]);
  await vi.waitFor(async () => expect(await unsettled(streams)).toBe(0), waiting);
});

function errorsOf(part: Part): Record<string, unknown>[] {
  return part.logged.filter(({ level }) => level === errorLevel);
}

async function unsettled({ connection }: Awaited<ReturnType<typeof openStreams>>): Promise<number> {
  const manager = await connection.jetstreamManager();
  const info = await manager.consumers.info("test_v1", "part_test_v1_happened");
  return info.num_ack_pending + info.num_pending;
}
