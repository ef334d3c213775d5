import { testDatabase } from "@mesh/testing";
import { sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { inbox, openPart, outbox, parkedEvents } from "../fixtures/part.ts";
import { deleteDeadLetters, deleteOld } from "./cleanup.ts";

const nowhere = "nats://127.0.0.1:1";
const event = { stream: "test_v1", subject: "test.v1.happened", key: "a", headers: {}, payload: new Uint8Array() };

test("cleanup deletes sent events after a day and inbox rows after two weeks, and keeps events that wait", async () => {
  await using database = await testDatabase();
  await using part = await openPart({ nats: nowhere, database: database.url });
  const { db } = part.store;
  const [yesterday, today] = [sql`now() - interval '25 hours'`, sql`now() - interval '23 hours'`];
  const old = Array.from({ length: 1_001 }, () => ({ ...event, key: "old", sentAt: yesterday }));
  await db.insert(outbox).values([...old, { ...event, key: "new", sentAt: today }, { ...event, createdAt: yesterday }]);
  await db.insert(inbox).values([
    { consumer: "c", messageId: "old", handledAt: sql`now() - interval '15 days'` },
    { consumer: "c", messageId: "new", handledAt: sql`now() - interval '13 days'` },
  ]);
  await deleteOld(part.store);
  expect(await db.select({ key: outbox.key }).from(outbox)).toEqual([{ key: "new" }, { key: "a" }]);
  expect(await db.select({ id: inbox.messageId }).from(inbox)).toEqual([{ id: "new" }]);
});

test("cleanup deletes dead letters after 30 days, and keeps events that wait for another attempt", async () => {
  await using database = await testDatabase();
  await using part = await openPart({ nats: nowhere, database: database.url });
  const { db } = part.store;
  const parked = { ...event, consumer: "c", sequence: 1, parkedAt: sql`now() - interval '31 days'` };
  await db.insert(parkedEvents).values([
    { ...parked, messageId: "old", state: "dead" },
    { ...parked, messageId: "waiting", state: "upstream" },
    { ...parked, messageId: "new", state: "dead", parkedAt: sql`now() - interval '29 days'` },
  ]);
  await deleteDeadLetters(part.store);
  expect(await db.select({ id: parkedEvents.messageId }).from(parkedEvents)).toEqual([
    { id: "waiting" },
    { id: "new" },
  ]);
});

test("events that wait for more than a minute are reported", async () => {
  await using database = await testDatabase();
  await using part = await openPart({ nats: nowhere, database: database.url });
  await part.store.db.insert(outbox).values({ ...event, createdAt: sql`now() - interval '61 seconds'` });
  await using next = await openPart({ nats: nowhere, database: database.url });
  const warnings = () => next.logged.filter(({ lagMs }) => lagMs !== undefined);
  await vi.waitFor(() => expect(warnings()).toMatchObject([{ level: 40 }]));
});
