import { expect, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { type Context, effects, effectsOf, openPart, publish, record } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { on } from "./index.ts";

const waiting = { timeout: 20_000 };

/** Fills another table, as the next generation of `record` would. */
async function rebuild({ number }: Happened, { tx }: Pick<Context, "tx">): Promise<void> {
  await tx.insert(effects).values({ thing: "rebuilt", number });
}

const first = on(Happened, record);
const second = on(Happened, rebuild, { generation: 2 });
const third = on(Happened, rebuild, { generation: 3 });

test("the next generation of a consumer gets all events of the stream, beside the one before, and goes on alone", async () => {
  await using opened = await openServers();
  const expectBoth = async (part: Awaited<ReturnType<typeof openPart>>, one: number[], other: number[]) => {
    await vi.waitFor(async () => expect(await effectsOf(part, "rebuilt")).toEqual(other), waiting);
    await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(one), waiting);
  };
  {
    await using part = await openPart(opened.servers, { consumers: [first] });
    await publish(part, "a", [1, 2, 3]);
    await expectBoth(part, [1, 2, 3], []);
  }
  {
    await using part = await openPart(opened.servers, { consumers: [first, second] });
    await expectBoth(part, [1, 2, 3], [1, 2, 3]);
    await publish(part, "a", [4]);
    await expectBoth(part, [1, 2, 3, 4], [1, 2, 3, 4]);
    const consumers = await part.events.operations.consumers();
    expect(consumers.map(({ name }) => name)).toEqual(["part_test_v1_happened", "part_test_v1_happened-g2"]);
  }
  await using part = await openPart(opened.servers, { consumers: [second] });
  await publish(part, "a", [5]);
  await expectBoth(part, [1, 2, 3, 4], [1, 2, 3, 4, 5]);
});

test("an event has one consumer, or two generations, one after the other", async () => {
  const servers = { nats: "nats://127.0.0.1:1", database: "" };
  await using opened = await openServers();
  const database = opened.servers.database;
  const opening = (consumers: (typeof first)[]) => openPart({ ...servers, database }, { consumers });
  await expect(opening([first, on(Happened, record)])).rejects.toThrow("test.v1.happened has two consumers");
  await expect(opening([first, third])).rejects.toThrow("two generations of consumers, one after the other");
  await expect(opening([first, second, third])).rejects.toThrow("two generations of consumers, one after the other");
  expect(() => on(Happened, record, { generation: 0 })).toThrow("a generation is 1 or more, got 0");
});
