import { describe, expect, it } from "vitest";
import { graceMs, rotateAfterMs, type StoredSession, seenStepMs, verdictOn } from "./session-state.ts";

const start = Date.UTC(2026, 0, 31);
const idleMs = 3_600_000;

/** A session whose cookie was replaced once, and that is in use. */
const session: StoredSession = {
  id: "s",
  customerId: "c",
  name: "Ada",
  roles: [],
  generation: 2,
  rotatedAt: new Date(start),
  usedAt: new Date(start),
  seenAt: new Date(start),
  endsAt: new Date(start + 24 * idleMs),
};

function verdict(generation: number, afterMs: number, changes: Partial<StoredSession> = {}) {
  return verdictOn({ ...session, ...changes }, generation, start + afterMs, idleMs);
}

describe("verdictOn", () => {
  it("accepts the newest cookie, and stores each minute that it is used", () => {
    expect(verdict(2, 0)).toBe("live");
    expect(verdict(2, seenStepMs - 1)).toBe("live");
    expect(verdict(2, seenStepMs)).toBe("seen");
    expect(verdict(2, 0, { usedAt: null })).toBe("seen");
  });

  it("replaces a cookie after 15 minutes", () => {
    expect(verdict(2, rotateAfterMs - 1)).toBe("seen");
    expect(verdict(2, rotateAfterMs)).toBe("rotate");
  });

  it("sends the replacement again until the browser uses it, however long that takes", () => {
    expect(verdict(1, 50 * 60_000, { usedAt: null })).toBe("repeat");
  });

  it("accepts a replaced cookie for a minute after that: requests may have been on their way", () => {
    expect(verdict(1, graceMs - 1)).toBe("live");
    expect(verdict(1, graceMs)).toBe("stolen");
  });

  it("ends a session whose older cookie appears again", () => {
    expect(verdict(1, graceMs, { generation: 3 })).toBe("stolen");
    expect(verdict(1, 0, { generation: 3, usedAt: null })).toBe("stolen");
  });

  it("ends when it is unused for too long, and at its limit however often it is used", () => {
    expect(verdict(2, idleMs - 1)).not.toBe("ended");
    expect(verdict(2, idleMs)).toBe("ended");
    const busy = { seenAt: new Date(start + 24 * idleMs - 1), rotatedAt: new Date(start + 24 * idleMs - 1) };
    expect(verdict(2, 24 * idleMs - 1, busy)).toBe("live");
    expect(verdict(2, 24 * idleMs, busy)).toBe("ended");
  });

  it("accepts no cookie from after a backup that was restored", () => {
    expect(verdict(3, 0)).toBe("ended");
  });
});
