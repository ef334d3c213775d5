import { describe, expect, it } from "vitest";
import { failed } from "./failed.ts";
import { isMissing, partOf, sentenceOf } from "./failure.ts";

describe("failures", () => {
  it("name the unavailable service", () => {
    expect(sentenceOf(failed(503, { path: "orders.getOrder" }))).toBe("Orders is unavailable. Trying again…");
    expect(sentenceOf({ message: "Failed to fetch" })).toBe("The gateway is unavailable. Trying again…");
    expect(partOf(failed(503, { path: "new.thing" }))).toBe("The shop");
  });

  it("say how long to wait after too many calls", () => {
    const waiting = (retryAfterMs: number) => sentenceOf(failed(429, { path: "orders.placeOrder", retryAfterMs }));
    expect(waiting(11_200)).toBe("That was too often. Please wait 12 seconds, then try again.");
    expect(waiting(900)).toBe("That was too often. Please wait a second, then try again.");
    expect(sentenceOf(failed(429, { path: "orders.placeOrder" }))).toBe("Orders is unavailable. Trying again…");
  });

  it("contain the id for the logs", () => {
    expect(sentenceOf(failed(500, { path: "catalog.getProduct", id: "a1b2" }))).toContain("Catalog. Look for a1b2");
  });

  it("report a missing entity for an unknown and an invalid id", () => {
    const violation = { field: "id", description: "must be a UUID", rule: "string.uuid" };
    expect(isMissing(failed(404))).toBe(true);
    expect(isMissing(failed(400, { violations: [violation] }))).toBe(true);
    expect(isMissing(failed(400, { violations: [{ ...violation, field: "page_token" }] }))).toBe(false);
  });
});
