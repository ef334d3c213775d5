import { testDatabase } from "@mesh/testing";
import { expect, test, vi } from "vitest";
import { openThings } from "../fixtures/things.ts";
import { watchChannel } from "./changes.ts";
import type { Notified } from "./channels.ts";
import { notify } from "./index.ts";

test("a watcher gets undefined first, then each payload, and ends with its signal", async () => {
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  const watching = new AbortController();
  const seen: (string | undefined)[] = [];
  for await (const payload of store.changes("c", watching.signal)) {
    seen.push(payload);
    if (seen.length === 3) watching.abort();
    else await store.transaction((tx) => notify(tx, "c", `change ${seen.length}`));
  }
  expect(seen).toEqual([undefined, "change 1", "change 2"]);
});

test("a second listener of a channel gets undefined first as well", async () => {
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  const [first, second]: (string | undefined)[][] = [[], []];
  store.listen("c", (payload) => first?.push(payload));
  await vi.waitFor(() => expect(first).toEqual([undefined]));
  const unlisten = store.listen("c", (payload) => second?.push(payload));
  await vi.waitFor(() => expect(second).toEqual([undefined]));
  unlisten();
  await store.transaction((tx) => notify(tx, "c", "x"));
  await vi.waitFor(() => expect(first).toEqual([undefined, "x"]));
  expect(second).toEqual([undefined]);
});

test("a listener that throws does not affect the others", async () => {
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  const heard: (string | undefined)[] = [];
  store.listen("c", () => {
    throw new Error("no");
  });
  store.listen("c", (payload) => heard.push(payload));
  await vi.waitFor(() => expect(heard).toEqual([undefined]));
});

test("a slow watcher gets each payload once, and undefined if it is far behind", async () => {
  const source = channel();
  const changes = watchChannel(source.listen, "c", new AbortController().signal);
  source.send(undefined, "a", "b", "a");
  expect([await next(changes), await next(changes), await next(changes)]).toEqual([undefined, "a", "b"]);
  source.send(...Array.from({ length: 1_000 }, (_, position) => `${position}`));
  expect(await next(changes)).toBe(undefined);
  await changes.return(undefined);
  expect(source.isListened()).toBe(false);
});

function channel() {
  const sent: (string | undefined)[] = [];
  let notified: Notified | undefined;
  return {
    listen(_: string, listener: Notified) {
      notified = listener;
      for (const payload of sent) listener(payload);
      return () => {
        notified = undefined;
      };
    },
    send(...payloads: (string | undefined)[]) {
      sent.push(...payloads);
      for (const payload of payloads) notified?.(payload);
    },
    isListened: () => notified !== undefined,
  };
}

async function next(changes: AsyncGenerator<string | undefined>): Promise<string | undefined> {
  return (await changes.next()).value;
}

test("a channel name that PostgreSQL would cut off is rejected", async () => {
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  for (const name of ["", "x".repeat(64), "ä".repeat(32)]) {
    expect(() => store.listen(name, () => {})).toThrow(/1 to 63 bytes/);
  }
});
