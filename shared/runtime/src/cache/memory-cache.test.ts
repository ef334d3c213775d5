import { expect, test, vi } from "vitest";
import { type CacheRequest, MemoryCache } from "./memory-cache.ts";

const open = new AbortController().signal;
const bounds = { maxEntries: 100, maxBytes: 10_000 };
const ask = (key: string, more: Partial<CacheRequest> = {}) => ({
  group: "a",
  key,
  ttlMs: 60_000,
  signal: open,
  ...more,
});

/** A load that ends when the test says so. */
function heldLoad() {
  const loads: { readonly signal: AbortSignal; resolve(value: string): void; reject(error: Error): void }[] = [];
  const load = (signal: AbortSignal) =>
    new Promise<{ value: string; bytes: number }>((resolve, reject) => {
      loads.push({ signal, reject, resolve: (value) => resolve({ value, bytes: value.length }) });
    });
  return { loads, load };
}

const loaded = (value: string, bytes = 1) => vi.fn(async () => ({ value, bytes }));

test("a value is loaded once until its time is over", async () => {
  const cache = new MemoryCache<string>(bounds);
  const load = loaded("x");
  const short = ask("1", { ttlMs: 50 });
  expect([await cache.get(short, load), await cache.get(short, load)]).toEqual(["x", "x"]);
  expect(load).toHaveBeenCalledTimes(1);
  await vi.waitFor(async () => {
    await cache.get(short, load);
    expect(load.mock.calls.length).toBeGreaterThan(1);
  });
});

test("equal requests share one load, also if the first caller leaves", async () => {
  const cache = new MemoryCache<string>(bounds);
  const { loads, load } = heldLoad();
  const first = new AbortController();
  const left = cache.get(ask("1", { signal: first.signal }), load);
  const others = [cache.get(ask("1"), load), cache.get(ask("1"), load)];
  first.abort(new Error("the first has left"));
  await expect(left).rejects.toThrow("the first has left");
  expect(loads.map(({ signal }) => signal.aborted)).toEqual([false]);
  loads[0]?.resolve("x");
  expect(await Promise.all(others)).toEqual(["x", "x"]);
});

test("a load that all callers have left is aborted, and the next caller begins another", async () => {
  const cache = new MemoryCache<string>(bounds);
  const { loads, load } = heldLoad();
  const callers = [new AbortController(), new AbortController()];
  const calls = callers.map(({ signal }) => cache.get(ask("1", { signal }), load));
  for (const caller of callers) caller.abort(new Error("left"));
  for (const call of calls) await expect(call).rejects.toThrow("left");
  const later = cache.get(ask("1"), load);
  expect(loads.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  loads[1]?.resolve("y");
  expect(await later).toBe("y");
});

test("errors reach all callers, and are not kept", async () => {
  const cache = new MemoryCache<string>(bounds);
  const { loads, load } = heldLoad();
  const calls = [cache.get(ask("1"), load), cache.get(ask("1"), load)];
  loads[0]?.reject(new Error("failed"));
  for (const call of calls) await expect(call).rejects.toThrow("failed");
  expect(await cache.get(ask("1"), loaded("x"))).toBe("x");
});

test("what was loaded before its group was forgotten is never returned afterwards", async () => {
  const cache = new MemoryCache<string>(bounds);
  const { loads, load } = heldLoad();
  const early = cache.get(ask("1"), load);
  cache.forget("a");
  // It does not wait for the load that began before.
  const late = cache.get(ask("1"), load);
  expect(loads).toHaveLength(2);
  loads[1]?.resolve("new");
  expect(await late).toBe("new");
  loads[0]?.resolve("old");
  expect(await early).toBe("old");
  expect(await cache.get(ask("1"), loaded("other"))).toBe("new");
  await cache.get(ask("1", { group: "b" }), loaded("x"));
  cache.forget("a");
  expect(await cache.get(ask("1", { group: "b" }), loaded("other"))).toBe("x");
});

test("one value is forgotten alone, also while it is loaded", async () => {
  const cache = new MemoryCache<string>(bounds);
  await cache.get(ask("other"), loaded("kept"));
  const { loads, load } = heldLoad();
  const early = cache.get(ask("1"), load);
  cache.forgetOne(ask("1"));
  loads[0]?.resolve("old");
  expect(await early).toBe("old");
  expect(await cache.get(ask("1"), loaded("new"))).toBe("new");
  cache.forgetOne(ask("1"));
  expect([cache.peek(ask("1")), cache.peek(ask("other"))]).toEqual([undefined, "kept"]);
});

test("a value whose own time is 0 is not kept, and its load is shared", async () => {
  const cache = new MemoryCache<string>(bounds);
  const load = vi.fn(async () => ({ value: "x", bytes: 1, ttlMs: 0 }));
  await Promise.all([cache.get(ask("1"), load), cache.get(ask("1"), load)]);
  expect([load.mock.calls.length, cache.peek(ask("1"))]).toEqual([1, undefined]);
});

test("while a group is suspended nothing is kept, and nothing that was loaded meanwhile", async () => {
  const cache = new MemoryCache<string>(bounds);
  await cache.get(ask("1"), loaded("before"));
  cache.suspend("a");
  expect(await cache.get(ask("1"), loaded("during"))).toBe("during");
  const { loads, load } = heldLoad();
  const during = cache.get(ask("1"), load);
  cache.resume("a");
  loads[0]?.resolve("old");
  await during;
  expect(cache.peek(ask("1"))).toBeUndefined();
  await cache.get(ask("1"), loaded("after"));
  expect(cache.peek(ask("1"))).toBe("after");
});

test("it is bounded by number, by size, and by the size of one value", async () => {
  const cache = new MemoryCache<string>({ maxEntries: 3, maxBytes: 1_600 });
  for (const key of ["1", "2", "3", "4"]) await cache.get(ask(key), loaded(key));
  expect([cache.size, cache.peek(ask("1")), cache.peek(ask("4"))]).toEqual([3, undefined, "4"]);
  await cache.get(ask("big"), loaded("big", 101));
  expect(cache.peek(ask("big"))).toBeUndefined();
  const sized = new MemoryCache<string>({ maxEntries: 100, maxBytes: 1_600 });
  for (let key = 0; key < 20; key += 1) await sized.get(ask(String(key)), loaded("x", 100));
  expect(sized.size).toBe(16);
});

test("look-ups are counted by group", async () => {
  const cache = new MemoryCache<string>(bounds);
  cache.peek(ask("1"));
  await cache.get(ask("1"), loaded("x"));
  await cache.get(ask("1"), loaded("x"));
  cache.peek(ask("1"));
  await cache.get(ask("2", { group: "b" }), loaded("x"));
  expect([...cache.counts]).toEqual([
    ["a", { hits: 2, misses: 1 }],
    ["b", { hits: 0, misses: 1 }],
  ]);
});
