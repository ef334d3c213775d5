import { expect, test } from "vitest";
import { nextAfter, timingOf } from "./timing.ts";

const cron = (expression: string, timeZone = "UTC") => ({ kind: "cron", cron: expression, timeZone }) as const;
const after = (expression: string, now: string, timeZone?: string) =>
  nextAfter(cron(expression, timeZone), new Date(0), new Date(now))?.toISOString();

test.each([
  ["0 3 * * *", "2026-01-01T02:59:59.999Z", "UTC", "2026-01-01T03:00:00.000Z"],
  ["0 3 * * *", "2026-01-01T03:00:00.000Z", "UTC", "2026-01-02T03:00:00.000Z"],
  ["30 7 * * 1-5", "2026-07-03T05:30:00.000Z", "Europe/Berlin", "2026-07-06T05:30:00.000Z"],
  ["30 7 * * 1-5", "2026-01-02T06:30:00.000Z", "Europe/Berlin", "2026-01-05T06:30:00.000Z"],
  // 02:30 does not exist on 29 March 2026.
  ["30 2 * * *", "2026-03-28T12:00:00.000Z", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ["*/10 * * * * *", "2026-01-01T00:00:01.000Z", "UTC", "2026-01-01T00:00:10.000Z"],
])("%s is due after %s in %s at %s", (expression, now, timeZone, expected) => {
  expect(after(expression, now, timeZone)).toBe(expected);
});

test("an hour that is repeated is due once", () => {
  const first = after("30 2 * * *", "2026-10-24T12:00:00.000Z", "Europe/Berlin") ?? "";
  expect(first).toBe("2026-10-25T00:30:00.000Z");
  expect(after("30 2 * * *", first, "Europe/Berlin")).toBe("2026-10-26T01:30:00.000Z");
});

test("an interval stays in step, however many times were missed", () => {
  const next = (now: string) =>
    nextAfter({ kind: "every", everyMs: 60_000 }, new Date("2026-01-01T00:00:30Z"), new Date(now))?.toISOString();
  expect(next("2026-01-01T00:00:31Z")).toBe("2026-01-01T00:01:30.000Z");
  expect(next("2026-01-01T07:00:30Z")).toBe("2026-01-01T07:01:30.000Z");
});

test("what is once has no next time", () => {
  expect(nextAfter({ kind: "once" }, new Date(0), new Date())).toBeUndefined();
  expect(timingOf({ delayMs: 5 }, new Date(10)).nextAt).toEqual(new Date(15));
});

test.each([
  [{ everyMs: 10 }, "everyMs must be a whole number from 1000, got 10"],
  [{ cron: "61 * * * *" }, 'the schedule "61 * * * *" in UTC is not valid'],
  [{ cron: "0 3 * * *", timeZone: "Mars/Base" }, 'the schedule "0 3 * * *" in Mars/Base is not valid'],
])("%j is rejected", (when, message) => {
  expect(() => timingOf(when)).toThrow(message);
});
