import { testDatabase } from "@mesh/testing";
import { expect, test } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { nobody, numbers, openPart, type Part, unsent } from "../fixtures/part.ts";
import { type Batch, sendBatch } from "./batch.ts";
import type { StreamWriter } from "./stream-writer.ts";
import { createAddPublish } from "./transaction.ts";

const addPublish = createAddPublish();
const nowhere = "nats://127.0.0.1:1";

test("an event waits if an earlier one of the same key was not sent", async () => {
  await using database = await testDatabase();
  await using part = await openPart({ nats: nowhere, database: database.url });
  await leave(part, "a", 4);
  await leave(part, "b", 2);
  const flaky = publisher(({ thing, number }) => thing === "a" && number === 1);
  expect(counted(await sendBatch(part.store, flaky))).toEqual({ sent: 3, failures: 1, hasMore: false });
  expect(flaky.taken.sort()).toEqual(["a0", "b0", "b1"]);

  const sound = publisher(() => false);
  expect(counted(await sendBatch(part.store, sound))).toEqual({ sent: 3, failures: 0, hasMore: false });
  expect(sound.taken).toEqual(["a1", "a2", "a3"]);
  expect(await unsent(part)).toBe(0);
  expect(counted(await sendBatch(part.store, sound))).toEqual({ sent: 0, failures: 0, hasMore: false });
});

test("a batch has the hundred oldest events", async () => {
  await using database = await testDatabase();
  await using part = await openPart({ nats: nowhere, database: database.url });
  await leave(part, "a", 101);
  const { taken, ...sound } = publisher(() => false);
  expect(counted(await sendBatch(part.store, sound))).toEqual({ sent: 100, failures: 0, hasMore: true });
  expect(taken).toEqual(numbers(100).map((number) => `a${number}`));
});

function counted({ sent, failures, hasMore }: Batch) {
  return { sent: sent.length, failures: failures.length, hasMore };
}

/** Takes events in no order of its own: the first ones longest. */
function publisher(fails: (event: Happened) => boolean): StreamWriter & { taken: string[] } {
  const taken: string[] = [];
  let delayMs = 10;
  return {
    taken,
    async write(_, { payload }) {
      const event = Happened.decode(payload);
      await new Promise((resolve) => setTimeout(resolve, --delayMs));
      if (fails(event)) throw new Error("not taken");
      return { sequence: taken.push(`${event.thing}${event.number}`), isNew: true };
    },
  };
}

function leave({ store }: Part, thing: string, count: number): Promise<void> {
  return store.transaction(async (tx) => {
    for (const number of numbers(count)) await addPublish(tx, nobody).publish(Happened, { thing, number });
  });
}
