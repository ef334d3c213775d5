import { createLogger } from "@mesh/runtime";
import { testDatabase } from "@mesh/testing";
import { expect, test } from "vitest";
import { runKeyed } from "./keyed-results.ts";
import { openStore } from "./open-store.ts";
import { keyedResults } from "./tables.ts";

const migrations = new URL("../../service/fixtures/kept/migrations", import.meta.url);
const log = createLogger({ name: "test", level: "silent" });

test("two processes do not run a call with one key at the same time", async () => {
  await using database = await testDatabase();
  const open = () => openStore({ url: database.url, schema: { keyedResults }, migrations, log });
  const [one, other] = [await open(), await open()];
  const call = { id: "a", requestHash: "r" };
  let runs = 0;
  const bytes = new Uint8Array([1]);
  const again = () => other.transaction((tx) => runKeyed(tx, call, async () => bytes));
  const first = await one.transaction((tx) =>
    runKeyed(tx, call, async () => {
      runs += 1;
      await expect(again()).rejects.toMatchObject({ code: "ABORTED", status: "running", retryAfterMs: 1_000 });
      return bytes;
    }),
  );
  expect([first, await again(), runs]).toEqual([
    { status: "stored", response: bytes },
    { status: "replayed", response: bytes },
    1,
  ]);
  const different = other.transaction((tx) => runKeyed(tx, { ...call, requestHash: "s" }, async () => bytes));
  await expect(different).rejects.toMatchObject({ code: "FAILED_PRECONDITION", status: "conflict" });
  await Promise.all([one.close(), other.close()]);
});
