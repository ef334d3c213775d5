import { describe, expect, it } from "vitest";
import { childSpan, formatTrace, newTrace, parseTrace } from "./trace-context.ts";

describe("trace", () => {
  it("is the same after formatting and parsing", () => {
    const trace = newTrace();
    expect(parseTrace(formatTrace(trace))).toEqual(trace);
  });

  it("has the same trace id and another span id in a child", () => {
    const parent = newTrace();
    const child = childSpan(parent);
    expect(child.traceId).toBe(parent.traceId);
    expect(child.spanId).not.toBe(parent.spanId);
  });

  it("is parsed from the example of the specification, and from later versions", () => {
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
  ])("is undefined for the header %s", (header) => {
    expect(parseTrace(header)).toBeUndefined();
  });
});
