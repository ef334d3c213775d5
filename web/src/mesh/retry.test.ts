import { describe, expect, it } from "vitest";
import { failed } from "./failed.ts";
import { refetchIntervalMs, retryDelayMs, retryMutation, retryQuery } from "./retry.ts";

const away = { message: "Failed to fetch" };
const refused = failed(404);

describe("retries", () => {
  it("wait longer each time, but never more than five seconds", () => {
    expect([0, 1, 2, 3, 4, 50].map((failures) => retryDelayMs(failures))).toEqual([
      500, 1_000, 2_000, 4_000, 5_000, 5_000,
    ]);
  });

  it("wait as long as the mesh requests", () => {
    const busy = failed(429, { retryAfterMs: 1_500 });
    expect([retryDelayMs(0, busy), retryDelayMs(2, busy)]).toEqual([1_500, 2_000]);
  });

  it("continue for a query while a service is unavailable, and end for a mutation", () => {
    expect(retryQuery(10_000, away)).toBe(true);
    expect(retryMutation(5, away)).toBe(true);
    expect(retryMutation(6, away)).toBe(false);
  });

  it("do not make a customer wait for the end of a rate limit", () => {
    expect(retryMutation(0, failed(429, { retryAfterMs: 5_000 }))).toBe(true);
    expect(retryMutation(0, failed(429, { retryAfterMs: 12_000 }))).toBe(false);
  });

  it("happen once if the gateway has just set the cookie that a mutation needs", () => {
    const unknown = failed(401, { retryAfterMs: 0 });
    expect([retryMutation(0, unknown), retryMutation(1, unknown), retryMutation(0, failed(401))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("do not happen after a rejection", () => {
    expect(retryQuery(0, refused)).toBe(false);
    expect(retryMutation(0, refused)).toBe(false);
  });

  it("repeat a query that failed with a server error", () => {
    expect(refetchIntervalMs({ state: { error: failed(500) } })).toBe(10_000);
    expect(refetchIntervalMs({ state: { error: refused } })).toBe(false);
    expect(refetchIntervalMs({ state: { error: null } })).toBe(false);
  });
});
