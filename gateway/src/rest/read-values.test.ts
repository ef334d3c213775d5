import { describe, expect, it } from "vitest";
import { openKinds } from "../../fixtures/kinds.ts";

const { read, refusal, routeOf } = await openKinds();
const whole = routeOf({ body: "*" });
const quoted = "must be in quotes, because it is beyond 2^53";
const int32 = "must be a number of type int32";
const key = "must have a key that is an int64";
const empty = "type.googleapis.com/google.protobuf.Empty";
const time = 'must be a time such as "2026-01-31T12:00:00Z"';

describe("a value in a body", () => {
  it.each([
    [
      "at",
      ["2024-02-29T23:59:59Z", "2000-02-29T00:00:00-23:59", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"],
    ],
    ["small", [5, "5", "-5", 1e3, "1e3", "1.0", -0, "-0", 2147483647, "-2147483648"]],
    ["large", [5, "5", "-9223372036854775808", 9007199254740991]],
    ["unsigned", ["18446744073709551615", 0, "0"]],
    ["real", [1.5, "1.5", "-1e-300", "NaN", "Infinity", "-Infinity", "1E+5", 0]],
    ["single", [0.1, "0.1", 3.4028235e38, "-3.4028235e38", 1e-60]],
    ["raw", ["", "AQ==", "AQ", "-_8=", "-_8", "+/8="]],
    ["colour", ["COLOUR_RED", 1, 7, -1]],
    ["wait", ["1s", "-0.5s", "315576000000.999999999s", "-315576000000.999999999s", "0s", "1.000000001s"]],
    ["mask", ["", "text", "text,snakeCaseName", "a.bC"]],
    ["at", [null]],
    ["any", [{}, { "@type": "type.googleapis.com/google.protobuf.Duration", value: "1s" }]],
    ["any", [{ "@type": "type.googleapis.com/google.protobuf.Value", value: null }]],
    ["longs", [{ "1": "a", "-1": "b", "0": "c" }]],
    ["flags", [{ true: 1, false: 2 }]],
  ])("of %s may be %j", (field, values) => {
    for (const value of values) expect(() => read({ route: whole, body: { [field]: value } })).not.toThrow();
  });

  it.each([
    ["at", ["2026-02-30T00:00:00Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2001-02-29T00:00:00Z"], time],
    ["at", ["2026-01-31T24:00:00Z", "2026-01-31T23:60:00Z", "2026-01-31T23:59:60Z", "1900-02-29T00:00:00Z"], time],
    ["at", ["2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-31t12:00:00z"], time],
    ["at", ["2026-01-31T12:00:00+24:00", "2026-01-31T12:00:00+00:60", "2026-01-31 12:00:00Z", "2026-01-31"], time],
    [
      "at",
      ["0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z"],
      time,
    ],
    ["at", ["2026-01-31T12:00:00.Z", "2026-01-31T12:00:00.1234567890Z", "2026-01-31T12:00:00", 0, {}], time],
    [
      "large",
      ["0x10", " 1", "1 ", "+5", "05", "-05", "1e3", "1.0", "", "0b11", "9223372036854775808", 1.5, true],
      "must be an int64, in quotes if it is beyond 2^53",
    ],
    ["large", [9007199254740992, 1e20], quoted],
    ["unsigned", ["-1", -1, "18446744073709551616", "-0"], "must be an uint64, in quotes if it is beyond 2^53"],
    [
      "small",
      ["0x10", " 1", "+5", "05", "1.5", "", "0b11", "0o17", "Infinity", 2147483648, 1.5, ".5", "5.", "1e"],
      int32,
    ],
    [
      "real",
      ["0x1", " 1", "+1", "01", ".5", "5.", "", "1e999", "nan", "inf", "-NaN", true],
      "must be a number of type double",
    ],
    ["single", [3.5e38, "3.5e38", "0x1"], "must be a number of type float"],
    ["raw", ["Y Q = =", "YQ==YQ==", "YQ=", "Y", "YQ===", "Y=Q=", "-/8=", "YQ==\n", 1], "must be bytes in base64"],
    ["colour", ["1", "RED", 1.5, 2147483648, true], "must be a value of Colour, by name or number"],
    [
      "wait",
      ["1", "1.s", "01s", "+1s", " 1s", "1.0000000001s", "315576000001s", "1s ", "1sx", 1],
      'must be a duration such as "1.5s"',
    ],
    ["mask", ["snake_case", "a,,b", ",", "a,", 1], 'must be field names such as "name,unitPrice"'],
    ["text", ["\ud800", "a\udc00", "\udc00\ud800"], "must not have half of a surrogate pair"],
    ["maybe", ["true", 1], "must be true or false"],
    ["maybe_large", ["0x10", "05"], "must be an int64, in quotes if it is beyond 2^53"],
  ])("of %s must not be one of %j", (field, values, description) => {
    for (const value of values) {
      expect([value, refusal({ route: whole, body: { [field]: value } })]).toEqual([value, { [field]: description }]);
    }
  });

  it.each([
    [{ longs: { "0x1": "a" } }, { 'longs["0x1"]': key }],
    [{ longs: { " 1": "a" } }, { longs: key }],
    [{ longs: { "01": "a" } }, { 'longs["01"]': key }],
    [{ flags: { yes: 1 } }, { 'flags["yes"]': "must have the key true or false" }],
    [{ counts: { "\ud800": 1 } }, { counts: "must not have half of a surrogate pair" }],
    [{ counts: { a: null } }, { 'counts["a"]': int32 }],
    [{ many: [1, null] }, { "many[1]": expect.stringContaining("int64") }],
    ['{"free": {"a": [1, {"b": 1e999}]}}', { 'free["a"][1]["b"]': "must be a finite number" }],
    [{ free: { a: "\ud800" } }, { 'free["a"]': "must not have half of a surrogate pair" }],
    [{ free: 1 }, { free: "must be an object" }],
    [{ any: { "@type": "type.googleapis.com/kinds.v1.All", small: "0x1" } }, { "any.small": int32 }],
    [{ any: { "@type": "x" } }, { any: expect.stringContaining("@type") }],
    [{ any: { small: 1 } }, { any: expect.stringContaining("@type") }],
    [
      { any: { "@type": "type.googleapis.com/google.protobuf.Duration", value: "1s", nope: 1 } },
      { "any.nope": "is not a field of Duration" },
    ],
    [{ any: { "@type": empty, value: { nope: 1 } } }, { "any.nope": "is not a field of Empty" }],
  ])("%j is rejected with the path", (body, expected) => {
    expect(refusal({ route: whole, body })).toEqual(expected);
  });
});

it("reads null in a oneof as a field that is not set", () => {
  for (const nulls of [{ oneNumber: null }, { oneInner: null }, { one_inner: null, oneNumber: null }]) {
    expect(read({ route: whole, body: { oneText: "a", ...nulls } })).toEqual({ oneText: "a" });
    expect(read({ route: whole, body: { ...nulls, oneText: "a" } })).toEqual({ oneText: "a" });
    const any = { "@type": "type.googleapis.com/kinds.v1.All", oneText: "a" };
    expect(read({ route: whole, body: { any: { ...any, ...nulls } } })).toEqual({ any });
  }
});

it("reads an Any of Empty as any implementation writes it", () => {
  for (const value of [{}, { value: {} }]) {
    expect(read({ route: whole, body: { any: { "@type": empty, ...value } } })).toEqual({ any: { "@type": empty } });
  }
});

describe("a path", () => {
  it("sets wrappers, times, durations and masks as a whole", () => {
    const names = ["maybe_large", "inner.maybe", "at", "wait", "mask"];
    const variables = names.map((field, index) => ({ field, start: index, end: index + 1 }));
    const route = routeOf({ segments: names.map(() => "*"), variables });
    const segments = ["7", "true", "2026-01-31T12:00:00Z", "1.5s", "text,at"];
    const expected = { maybeLarge: "7", inner: { maybe: true }, at: segments[2], wait: "1.500s", mask: "text,at" };
    expect(read({ route, segments })).toEqual(expected);
    expect(refusal({ route, segments: ["x", ...segments.slice(1)] })).toEqual({ maybe_large: expect.any(String) });
  });

  it("sets numbers, enums and fields of messages", () => {
    const variables = ["small", "colour", "inner.large"].map((field, index) => ({
      field,
      start: index,
      end: index + 1,
    }));
    const route = routeOf({ segments: ["*", "*", "*"], variables });
    const expected = { small: 5, colour: "COLOUR_RED", inner: { large: "7" } };
    expect(read({ route, segments: ["5", "COLOUR_RED", "7"] })).toEqual(expected);
    for (const small of ["0x10", "+5", "05", "5%20", "0b11"]) {
      expect(Object.keys(refusal({ route, segments: [small, "1", "7"] }))).toEqual(["small"]);
    }
    for (const colour of ["01", "0x1", "-", "1.5"]) {
      expect(Object.keys(refusal({ route, segments: ["5", colour, "7"] }))).toEqual(["colour"]);
    }
    expect(Object.keys(refusal({ route, segments: ["5", "1", "0x10"] }))).toEqual(["inner.large"]);
    expect(refusal({ route, segments: ["x", "RED", "7"] })).toEqual({
      small: expect.any(String),
      colour: expect.any(String),
    });
  });
});
