import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { repeat } from "./repeat.ts";

/** Runs a step for each name until none is left: `works`, `fails`, or `connects` and then fails. */
async function run(names: readonly ("works" | "fails" | "connects")[], backoff = { baseMs: 1 }) {
  const closing = new AbortController();
  const events: string[] = [];
  const left = [...names];
  await repeat(
    async (succeed) => {
      const name = left.shift();
      if (left.length === 0) closing.abort();
      if (name === "connects") succeed();
      if (name !== "works") throw new Error("no connection");
    },
    {
      signal: closing.signal,
      backoff,
      onFailure: (error, failures) => events.push(`${error}: ${failures}`),
      onRecovery: () => events.push("recovered"),
    },
  );
  return events;
}

describe("repeat", () => {
  it("counts failures in a row, and reports the first success after them", async () => {
    expect(await run(["works", "fails", "fails", "works", "works", "fails", "works", "works"])).toEqual([
      "Error: no connection: 1",
      "Error: no connection: 2",
      "recovered",
      "Error: no connection: 1",
      "recovered",
    ]);
  });

  it("counts anew after a step that succeeded before it failed", async () => {
    expect(await run(["fails", "fails", "connects", "fails", "works"])).toEqual([
      "Error: no connection: 1",
      "Error: no connection: 2",
      "recovered",
      "Error: no connection: 1",
      "Error: no connection: 2",
    ]);
  });

  it("reports no failure after its signal has aborted", async () => {
    expect(await run(["works", "fails"])).toEqual([]);
  });

  it("runs no step if its signal has aborted before", async () => {
    let runs = 0;
    await repeat(async () => void runs++, { signal: AbortSignal.abort() });
    expect(runs).toBe(0);
  });

  it("runs one step at a time", async () => {
    const closing = new AbortController();
    let [runs, running, most] = [0, 0, 0];
    const step = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (++runs === 5) closing.abort();
    };
    await repeat(step, { signal: closing.signal });
    expect([runs, most]).toEqual([5, 1]);
  });

  it.each([
    ["a success", { intervalMs: 2 ** 30, backoff: { baseMs: 1 } }, () => Promise.resolve()],
    ["a failure", { intervalMs: 0, backoff: { baseMs: 2 ** 30, maxMs: 2 ** 30 } }, () => Promise.reject(new Error())],
    ["a failure without a backoff", { intervalMs: 2 ** 30 }, () => Promise.reject(new Error())],
  ])("ends its pause after %s when the signal aborts", async (_, pauses, result) => {
    const closing = new AbortController();
    let runs = 0;
    const step = async () => {
      runs++;
      // Once the pause has begun.
      setImmediate(() => closing.abort());
      await result();
    };
    await repeat(step, { signal: closing.signal, ...pauses });
    expect(runs).toBe(1);
    expect(getEventListeners(closing.signal, "abort")).toEqual([]);
  });
});
