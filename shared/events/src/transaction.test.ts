import { expect, test } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { nobody, openPart, outbox, type Schema } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import type { EventTransaction } from "./index.ts";

test("an event is published by a transaction that publishes, by nothing else, and not once it has ended", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers);
  const { events, store } = part;
  // @ts-expect-error: only a transaction publishes
  expect(events.publish).toBeUndefined();
  // @ts-expect-error: the database publishes nothing
  expect(store.db.publish).toBeUndefined();
  // @ts-expect-error: a transaction of the store publishes nothing
  await store.transaction(async (tx) => expect(tx.publish).toBeUndefined());

  let ended: EventTransaction<Schema> | undefined;
  await events.transaction(nobody, async (tx) => {
    ended = tx;
  });
  await expect(ended?.publish(Happened, { thing: "a", number: 1 })).rejects.toThrow("after the end of its transaction");
  expect(await store.db.$count(outbox)).toBe(0);
});
