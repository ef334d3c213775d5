import { expect, test } from "vitest";
import { traceHeader } from "./trace-header.ts";

test("each header begins a trace", () => {
  const headers = [traceHeader(), traceHeader()];
  const value = expect.stringMatching(/^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-01$/);
  expect(headers).toEqual([
    ["traceparent", value],
    ["traceparent", value],
  ]);
  expect(new Set(headers.map(String)).size).toBe(2);
});
