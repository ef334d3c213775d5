import { Socket } from "node:net";
import { testDatabase } from "@mesh/testing";
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { openThings } from "../fixtures/things.ts";

test("statements of a turn are sent by one call of the system, and each has its response", async () => {
  await using database = await testDatabase();
  await using store = await openThings(database.url, { poolSize: 1 });
  await store.transaction(async (tx) => {
    const one = vi.spyOn(Socket.prototype, "_write");
    const several = vi.spyOn(Socket.prototype, "_writev" as "_write");
    onTestFinished(() => void vi.restoreAllMocks());
    const results = await Promise.all([1, 2, 3].map((number) => tx.execute(sql`select ${number}::int as number`)));
    expect(results.map(({ rows }) => rows)).toEqual([[{ number: 1 }], [{ number: 2 }], [{ number: 3 }]]);
    expect(one.mock.calls.length + several.mock.calls.length).toBe(1);
  });
});
