import { describe, expect, it } from "vitest";
import { memoryStorage } from "../browser-storage.ts";
import { attemptKey, endAttempt } from "./attempt.ts";

describe("a checkout's idempotency key", () => {
  it("is a UUID, and the same until the checkout ends", () => {
    const storage = memoryStorage();
    const key = attemptKey(storage);
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(attemptKey(storage)).toBe(key);
  });

  it("is different for the next checkout", () => {
    const storage = memoryStorage();
    const key = attemptKey(storage);
    endAttempt(storage);
    expect(attemptKey(storage)).not.toBe(key);
  });
});
