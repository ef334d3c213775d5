import { describe, expect, it } from "vitest";
import { type CallError, isMissing, isPassing, partOf, sentenceOf } from "./failure.ts";

function failure(httpStatus: number, more: Partial<NonNullable<CallError["data"]>> = {}): CallError {
  const data = { code: "X", httpStatus, reason: "", domain: "", metadata: {}, violations: [], ...more };
  return { message: "no such order", data };
}

describe("failures", () => {
  it("come to pass where a server is away, slow or overloaded, or nothing answered", () => {
    expect([408, 429, 502, 503, 504].every((status) => isPassing(failure(status)))).toBe(true);
    expect([400, 404, 409, 412, 500].some((status) => isPassing(failure(status)))).toBe(false);
    expect(isPassing({ message: "Failed to fetch" })).toBe(true);
  });

  it("name the part that is away", () => {
    expect(sentenceOf(failure(503, { path: "orders.getOrder" }))).toBe("Orders is not reachable; trying again…");
    expect(sentenceOf({ message: "Failed to fetch" })).toBe("The gateway is not reachable; trying again…");
    expect(partOf(failure(503, { path: "new.thing" }))).toBe("The shop");
  });

  it("tell the id that the logs know", () => {
    expect(sentenceOf(failure(500, { path: "catalog.getProduct", id: "a1b2" }))).toContain("Catalog. Its logs know more under a1b2");
  });

  it("are about a missing thing for an unknown id and for one that is none", () => {
    const violation = { field: "id", description: "must be a UUID", rule: "string.uuid" };
    expect(isMissing(failure(404))).toBe(true);
    expect(isMissing(failure(400, { violations: [violation] }))).toBe(true);
    expect(isMissing(failure(400, { violations: [{ ...violation, field: "page_token" }] }))).toBe(false);
  });
});
