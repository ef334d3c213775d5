import { describe, expect, it } from "vitest";
import { childSpan, formatTrace, newTrace, parseTrace } from "./trace.ts";

describe("trace", () => {
  it("comes back from its header as it was", () => {
    const trace = newTrace();
    expect(parseTrace(formatTrace(trace))).toEqual(trace);
  });

  it("keeps the trace and changes the span for a child", () => {
    const parent = newTrace();
    const child = childSpan(parent);
    expect(child.traceId).toBe(parent.traceId);
    expect(child.spanId).not.toBe(parent.spanId);
  });

  it("reads the example of the specification, and later versions", () => {
    const header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const trace = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", sampled: true };
    expect(parseTrace(header)).toEqual(trace);
    expect(parseTrace(`cc${header.slice(2, -2)}00`)).toEqual({ ...trace, sampled: false });
  });

  it.each([
    undefined,
    "",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
  ])("refuses %s", (header) => {
    expect(parseTrace(header)).toBeUndefined();
  });
});
