import { describe, expect, it } from "vitest";
import { failed } from "./failed.ts";
import { refetchIntervalMs, retryMutation, retryQuery } from "./retry.ts";

const away = { message: "Failed to fetch" };
const refused = failed(404);

describe("retries", () => {
  it("continue for a query while a service is unavailable, and end for a mutation", () => {
    expect(retryQuery(10_000, away)).toBe(true);
    expect(retryMutation(5, away)).toBe(true);
    expect(retryMutation(6, away)).toBe(false);
  });

  it("do not make a customer wait for the end of a rate limit", () => {
    expect(retryMutation(0, failed(429, { retryAfterMs: 5_000 }))).toBe(true);
    expect(retryMutation(0, failed(429, { retryAfterMs: 12_000 }))).toBe(false);
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
