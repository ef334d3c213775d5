import { describe, expect, it } from "vitest";
import { childSpan, formatTrace, isUnsampled, newTrace, parseTrace, setTraceHeaders } from "./trace-context.ts";

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

  it("keeps its state, unless it is too long or not printable", () => {
    const header = formatTrace(newTrace());
    const headers: Record<string, string> = {};
    const trace = parseTrace(header, "vendor=1,other=x");
    if (trace) setTraceHeaders(headers, childSpan(trace));
    expect(headers.tracestate).toBe("vendor=1,other=x");
    for (const state of ["", "a=ä", "a=\n", `a=${"x".repeat(511)}`]) {
      expect(parseTrace(header, state)).toEqual(parseTrace(header));
    }
  });

  it.each("0123456789abcdef".split(""))("is sampled by the last bit of the flags 0%s", (digit) => {
    const header = `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0${digit}`;
    expect(isUnsampled(header)).toBe(parseTrace(header)?.sampled === false);
    expect(isUnsampled(header.slice(1))).toBe(false);
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
