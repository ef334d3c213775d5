import { TRPCClientError } from "@trpc/client";
import { expect, it } from "vitest";
import { isPassing, retryAfterMsOf, retryDelayMs } from "./failure.ts";
import { ResponseError } from "./fetch-response.ts";

/** The error of a gateway. */
function failed(httpStatus: number, retryAfterMs?: number) {
  const attributes = retryAfterMs === undefined ? {} : { retryAfterMs };
  const none = { reason: "", domain: "", metadata: {}, violations: [] };
  return { message: "failed", data: { code: "BAD_REQUEST", httpStatus, ...none, ...attributes } } as const;
}

/** The error of a server that is not a gateway. */
function rejected(status: number, retryAfter?: string) {
  const headers = new Headers(retryAfter === undefined ? [] : [["retry-after", retryAfter]]);
  return TRPCClientError.from(new ResponseError(new Response("", { status, headers })));
}

it("an error may pass if a server is unavailable, late or overloaded, or did not respond", () => {
  expect([408, 429, 502, 503, 504].every((status) => isPassing(failed(status)))).toBe(true);
  expect([400, 404, 409, 412, 500].some((status) => isPassing(failed(status)))).toBe(false);
  expect(isPassing({ message: "Failed to fetch" })).toBe(true);
});

it("an error may pass if the gateway asks for a retry, as for a key that is in use", () => {
  expect(isPassing(failed(409, 1_000))).toBe(true);
});

it("an error of a proxy may pass if its status says so", () => {
  expect([429, 500, 503].every((status) => isPassing(rejected(status)))).toBe(true);
  expect([403, 404, 413].some((status) => isPassing(rejected(status)))).toBe(false);
});

it("a requested delay is that of the gateway, or seconds or a date of a proxy", () => {
  expect(retryAfterMsOf(failed(503, 250))).toBe(250);
  expect(retryAfterMsOf(rejected(503, "7"))).toBe(7_000);
  expect(retryAfterMsOf(rejected(503, "Thu, 01 Jan 1970 00:00:00 GMT"))).toBe(0);
  expect(retryAfterMsOf(rejected(503, "Fri, 31 Dec 9999 23:59:59 GMT"))).toBeGreaterThan(1e12);
  for (const text of ["", "soon", undefined]) expect(retryAfterMsOf(rejected(503, text))).toBeUndefined();
  expect(retryAfterMsOf({ message: "Failed to fetch" })).toBeUndefined();
});

it("delays double to five seconds, and up to half is added at random", () => {
  for (const [failures, ms] of [500, 1_000, 2_000, 4_000, 5_000, 5_000].entries()) {
    const delays = Array.from({ length: 100 }, () => retryDelayMs(failures));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(ms);
    expect(Math.max(...delays)).toBeLessThanOrEqual(ms * 1.5);
    expect(new Set(delays).size).toBeGreaterThan(1);
  }
});

it("a delay is at least as long as requested", () => {
  expect(retryDelayMs(0, failed(429, 1_500))).toBeGreaterThanOrEqual(1_500);
  expect(retryDelayMs(2, failed(429, 1_500))).toBeGreaterThanOrEqual(2_000);
  expect(retryDelayMs(0, rejected(503, "7"))).toBeGreaterThanOrEqual(7_000);
});
