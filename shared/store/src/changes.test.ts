import { testDatabase } from "@mesh/testing";
import { describe, expect, test, vi } from "vitest";
import { gate, openThings, things } from "../fixtures/things.ts";
import { Watches } from "./changes.ts";
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
  const changes = new Watches(source.listen).watch("c", new AbortController().signal)[Symbol.asyncIterator]();
  source.send(undefined, "a", "b", "a");
  expect([await next(changes), await next(changes), await next(changes)]).toEqual([undefined, "a", "b"]);
  source.send(...Array.from({ length: 1_000 }, (_, position) => `${position}`));
  expect(await next(changes)).toBe(undefined);
  await changes.return?.();
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

describe("what watchers read", () => {
  test("is read once for each change", async () => {
    await using database = await testDatabase();
    await using store = await openThings(database.url);
    const leaving = new AbortController();
    let reads = 0;
    const read = async () => {
      reads += 1;
      return (await store.db.select().from(things)).length;
    };
    const seen: number[][] = Array.from({ length: 300 }, () => []);
    const watching = seen.map(async (counts) => {
      const changes = store.changes("c", leaving.signal);
      for await (const _ of changes) counts.push(await changes.read("all", read));
    });
    await vi.waitFor(() => expect(seen.map((counts) => counts.at(-1))).toEqual(seen.map(() => 0)));
    reads = 0;
    for (const id of [1, 2]) {
      await store.transaction(async (tx) => {
        await tx.insert(things).values({ id });
        await notify(tx, "c", "");
      });
      await vi.waitFor(() => expect(seen.map((counts) => counts.at(-1))).toEqual(seen.map(() => id)));
    }
    expect(reads).toBe(2);
    leaving.abort();
    await Promise.all(watching);
  });

  test("before a change is not what they get after it", async () => {
    const source = channel();
    const watches = new Watches(source.listen);
    const [early, late] = [gate(), gate()];
    const open = () => watches.watch("c", new AbortController().signal);
    const [first, second] = [open(), open()];
    const iterator = second[Symbol.asyncIterator]();
    const arrived = iterator.next();
    const before = first.read("all", () => early.opened.then(() => "before"));
    source.send("a");
    await arrived;
    const after = second.read("all", () => late.opened.then(() => "after"));
    early.open();
    late.open();
    expect(await Promise.all([before, after])).toEqual(["before", "after"]);
    await iterator.return?.();
  });

  test("is read again if the one who reads leaves, and fails for all if it fails", async () => {
    const watches = new Watches(channel().listen);
    const leaving = new AbortController();
    const leaver = watches.watch("c", leaving.signal);
    const stayer = watches.watch("c", new AbortController().signal);
    const left = leaver.read("all", () => {
      return new Promise((_, reject) => leaving.signal.addEventListener("abort", () => reject(new Error("left"))));
    });
    const stayed = stayer.read("all", async () => "read");
    leaving.abort();
    await expect(left).rejects.toThrow("left");
    expect(await stayed).toBe("read");

    const fail = gate();
    const failing = stayer.read("all", () => fail.opened.then(() => Promise.reject(new Error("no"))));
    const joined = watches.watch("c", new AbortController().signal).read("all", async () => "not called");
    fail.open();
    await expect(failing).rejects.toThrow("no");
    await expect(joined).rejects.toThrow("no");
  });
});

async function next(changes: AsyncIterator<string | undefined>): Promise<string | undefined> {
  return (await changes.next()).value;
}

test("a channel name that PostgreSQL would cut off is rejected", async () => {
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  for (const name of ["", "x".repeat(64), "ä".repeat(32)]) {
    expect(() => store.listen(name, () => {})).toThrow(/1 to 63 bytes/);
  }
});
