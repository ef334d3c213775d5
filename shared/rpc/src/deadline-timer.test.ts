import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeadlineTimer } from "./deadline-timer.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Calls that end by their deadlines only. `lateMs` has how late each one ended. */
function timedCalls() {
  const open = new Set<{ readonly deadline: number }>();
  const lateMs: number[] = [];
  const timer = new DeadlineTimer(
    () => [...open],
    (call) => {
      open.delete(call);
      lateMs.push(Date.now() - call.deadline);
    },
  );
  const begin = (ms: number) => {
    const call = { deadline: Date.now() + ms };
    open.add(call);
    timer.note(call.deadline);
  };
  return { open, lateMs, begin, timer };
}

test("each call ends at its deadline, however many begin meanwhile", () => {
  const { lateMs, begin } = timedCalls();
  for (let ms = 0; ms < 20_000; ms += 2) {
    begin(4_999 - (ms % 3));
    vi.advanceTimersByTime(2);
  }
  expect(lateMs.length).toBeGreaterThan(7_400);
  expect(Math.max(...lateMs)).toBeLessThanOrEqual(16);
});

test("a short time ends before a longer one that began earlier", () => {
  const { lateMs, open, begin } = timedCalls();
  begin(5_000);
  begin(20);
  vi.advanceTimersByTime(20);
  expect(lateMs).toEqual([0]);
  vi.advanceTimersByTime(5_000);
  expect(open.size).toBe(0);
});

test("nothing ends after it was stopped, and a time without end never does", () => {
  const { lateMs, begin, timer } = timedCalls();
  begin(Number.POSITIVE_INFINITY);
  begin(100);
  timer.stop();
  vi.advanceTimersByTime(10_000);
  expect(lateMs).toEqual([]);
});
