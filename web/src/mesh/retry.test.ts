import { describe, expect, it } from "vitest";
import { retryDelayMs, retryMutation, retryQuery } from "./retry.ts";

const away = { message: "Failed to fetch" };
const refused = {
  message: "no",
  data: { code: "NOT_FOUND", httpStatus: 404, reason: "", domain: "", metadata: {}, violations: [] },
};

describe("retries", () => {
  it("wait longer each time, but never more than five seconds", () => {
    expect([0, 1, 2, 3, 4, 50].map(retryDelayMs)).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it("go on for a query while a part is away, and end for a mutation", () => {
    expect(retryQuery(10_000, away)).toBe(true);
    expect(retryMutation(5, away)).toBe(true);
    expect(retryMutation(6, away)).toBe(false);
  });

  it("are not made where the answer was no", () => {
    expect(retryQuery(0, refused)).toBe(false);
    expect(retryMutation(0, refused)).toBe(false);
  });
});
