import { recordedLog } from "@mesh/testing/service";
import { afterEach, expect, test, vi } from "vitest";
import { every, repeat } from "./tasks.ts";

const ending = new Set<AbortController>();
afterEach(() => {
  for (const life of ending) life.abort();
});

/** Runs a task until the test ends. */
function run(work: (signal: AbortSignal) => Promise<void>, timeoutMs = 5_000) {
  const { log, logged } = recordedLog();
  const life = new AbortController();
  ending.add(life);
  const contextOf = () => ({ signal: AbortSignal.any([life.signal, AbortSignal.timeout(timeoutMs)]) });
  const task = every("tidy", 5, ({ signal }: { signal: AbortSignal }) => work(signal));
  return { logged, life, running: repeat(task, contextOf, life.signal, log) };
}

test("a task runs at once and then again and again, one run at a time", async () => {
  let [runs, atOnce, most] = [0, 0, 0];
  const { life, running } = run(async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 10));
    atOnce--;
    runs++;
  });
  await vi.waitFor(() => expect(runs).toBeGreaterThan(4));
  life.abort();
  await running;
  expect(most).toBe(1);
});

test("a task that fails goes on, and is logged once while it fails and once when it works again", async () => {
  let runs = 0;
  const { logged } = run(async () => {
    runs++;
    if (runs < 5 || runs === 10) throw new Error(`no ${runs}`);
  });
  await vi.waitFor(() => expect(runs).toBeGreaterThan(12));
  expect(logged.map(({ msg, task, err }) => [msg, task, (err as Error | undefined)?.message])).toEqual([
    ["a task failed; trying again", "tidy", "no 1"],
    ["a task works again", "tidy", undefined],
    ["a task failed; trying again", "tidy", "no 10"],
    ["a task works again", "tidy", undefined],
  ]);
});

test("a run that never ends is given up when its time is up, and the task goes on", async () => {
  let runs = 0;
  const { logged } = run(() => {
    runs++;
    return runs === 1 ? new Promise(() => {}) : Promise.resolve();
  }, 50);
  await vi.waitFor(() => expect(runs).toBeGreaterThan(2));
  expect(logged[0]).toMatchObject({ msg: "a task failed; trying again", task: "tidy" });
});

test("a pause is cut short by the end of the process, which is no failure", async () => {
  const { log, logged } = recordedLog();
  const life = new AbortController();
  let runs = 0;
  const count = async () => void runs++;
  const running = repeat(every("tidy", 60_000, count), () => ({ signal: life.signal }), life.signal, log);
  await vi.waitFor(() => expect(runs).toBe(1));
  life.abort();
  await running;
  expect(logged).toEqual([]);
});

test("a run under way ends with the process, whether it heeds the signal or not", async () => {
  for (const work of [
    () => new Promise<void>(() => {}),
    (signal: AbortSignal) =>
      new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  ]) {
    const { life, running, logged } = run(work);
    life.abort();
    await running;
    expect(logged).toEqual([]);
  }
});
