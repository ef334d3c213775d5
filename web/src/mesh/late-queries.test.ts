import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { lateAfterMs, watchLateQueries } from "./late-queries.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Watches the queries of a client. Returns how to start one, and the changes so far. */
function watched() {
  const client = new QueryClient();
  const changes: boolean[] = [];
  const end = watchLateQueries(client.getQueryCache(), (isLate) => changes.push(isLate));
  onTestFinished(() => client.clear());
  const fetch = (name: string, ms: number, error?: Error) => {
    const respond = (done: (text: string) => void, failed: (reason: unknown) => void) =>
      setTimeout(() => (error ? failed(error) : done("a response")), ms);
    void client
      .fetchQuery({ queryKey: [name], retryDelay: 60_000, retry: 1, queryFn: () => new Promise<string>(respond) })
      .catch(() => {});
  };
  return { fetch, changes, end, client };
}

test("a query is late until its response comes", async () => {
  const { fetch, changes } = watched();
  fetch("one", lateAfterMs + 2_000);
  await vi.advanceTimersByTimeAsync(lateAfterMs - 1);
  expect(changes).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(changes).toEqual([true]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(changes).toEqual([true, false]);
});

test("queries that overlap are not late if each gets a response soon", async () => {
  const { fetch, changes } = watched();
  for (let count = 0; count < 10; count++) {
    fetch(`query ${count}`, 1_500);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(changes).toEqual([]);
});

test("a query that has failed, or was removed, is not late", async () => {
  const { fetch, changes, client } = watched();
  fetch("failed", lateAfterMs + 1_000, new Error("no gateway"));
  fetch("removed", lateAfterMs + 3_000);
  await vi.advanceTimersByTimeAsync(lateAfterMs + 1_001);
  expect(changes).toEqual([true]);
  client.removeQueries({ queryKey: ["removed"] });
  expect(changes).toEqual([true, false]);
});

test("after the watch no timer is left, and nothing is late", async () => {
  const { fetch, changes, end } = watched();
  fetch("one", 60_000);
  end();
  fetch("another", 60_000);
  expect(vi.getTimerCount()).toBe(2); // Those of the responses.
  await vi.advanceTimersByTimeAsync(lateAfterMs);
  expect(changes).toEqual([]);
});
