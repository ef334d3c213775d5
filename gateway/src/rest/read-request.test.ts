import { describe, expect, it } from "vitest";
import { openKinds } from "../../fixtures/kinds.ts";

const { read, refusal, routeOf } = await openKinds();
const whole = routeOf({ body: "*" });
const quoted = "must be in quotes, because it is beyond 2^53";
const int32 = "must be a number of type int32";
const key = "must have a key that is an int64";
const empty = "type.googleapis.com/google.protobuf.Empty";
const time = 'must be a time such as "2026-01-31T12:00:00Z"';

describe("a body", () => {
  it("is proto3 JSON, with either name of a field", () => {
    const body = {
      large: "9223372036854775807",
      unsigned: 5,
      snake_case_name: "a",
      "Odd-Name": "b",
      colour: 1,
      counts: { a: 1, b: 2 },
      at: "2026-01-31T12:00:00Z",
      mask: "text,snakeCaseName",
      free: { a: [1, null, { b: "c" }] },
      anyValue: null,
      any: { "@type": "type.googleapis.com/kinds.v1.All", small: 1 },
      inners: [{ small: 1 }, {}],
      text: null,
    };
    expect(read({ route: whole, body })).toEqual({
      large: "9223372036854775807",
      unsigned: "5",
      snakeCaseName: "a",
      "Odd-Name": "b",
      colour: "COLOUR_RED",
      counts: { a: 1, b: 2 },
      at: "2026-01-31T12:00:00Z",
      mask: "text,snakeCaseName",
      free: { a: [1, null, { b: "c" }] },
      anyValue: null,
      any: { "@type": "type.googleapis.com/kinds.v1.All", small: 1 },
      inners: [{ small: 1 }, {}],
    });
  });

  it.each([
    [
      { inners: [{}, { inners: [{ many: [1, "x"] }] }] },
      { "inners[1].inners[0].many[1]": expect.stringContaining("int64") },
    ],
    [{ counts: { a: "x", "<b>": "y" } }, { 'counts["a"]': int32, counts: int32 }],
    [{ counts: [1] }, { counts: "must be an object" }],
    [{ inner: [] }, { inner: "must be an object" }],
    [
      { inner: { nope: 1 }, small: "x" },
      { "inner.nope": "is not a field of All", small: expect.any(String) },
    ],
    [{ "<b>": 1 }, { "": "is not a field of All" }],
    [
      { text: 1, yes: "true" },
      { text: "must be a string", yes: "must be true or false" },
    ],
    [{ oneText: "a", oneNumber: 1 }, { one_number: "is set besides another field of one" }],
    [{ snakeCaseName: "a", snake_case_name: "b" }, { snake_case_name: "is set twice" }],
    [{ snakeCaseName: null, snake_case_name: "b" }, { snake_case_name: "is set twice" }],
    [{ any: { "@type": "type.googleapis.com/no.Such" } }, { any: expect.any(String) }],
    [
      '{"large": 9007199254740993, "many": [1, 1e20], "inners": [{"maybeLarge": 9007199254740993}], "real": 1e300}',
      { large: quoted, "many[1]": quoted, "inners[0].maybe_large": quoted },
    ],
    ['{"real": 1e999}', { real: expect.any(String) }],
  ])("%j is rejected", (body, expected) => {
    expect(refusal({ route: whole, body })).toEqual(expected);
  });

  it("has at most 20 faults in its error", () => {
    expect(Object.keys(refusal({ route: whole, body: { inners: Array(1000).fill({ small: "x" }) } }))).toHaveLength(20);
  });

  it("with unknown fields is read if these are ignored", () => {
    const body = { nope: 1, inner: { nope: {}, small: 1 }, colour: "COLOUR_BLUE" };
    expect(read({ route: whole, body, ignoreUnknown: true })).toEqual({ inner: { small: 1 } });
  });

  it("changes only its own message, whatever its keys", () => {
    const body = '{"__proto__":{"isAdmin":true},"counts":{"__proto__":1,"constructor":2}}';
    expect(read({ route: whole, body, ignoreUnknown: true })).toMatchObject({ counts: { constructor: 2 } });
    expect({}).not.toHaveProperty("isAdmin");
    expect(Object.entries(refusal({ route: whole, body }))).toEqual([["__proto__", "is not a field of All"]]);
  });

  it("that is deeply nested is rejected, however deep", () => {
    for (const depth of [70, 20_000]) {
      const nested = `${'{"inner":'.repeat(depth)}{}${"}".repeat(depth)}`;
      expect(Object.values(refusal({ route: whole, body: nested }))).toEqual([
        expect.stringContaining("deeper than 64"),
      ]);
      const wide = `${'{"inner":'.repeat(depth)}{"large":12345678901234567890}${"}".repeat(depth)}`;
      expect(Object.values(refusal({ route: whole, body: wide }))).toEqual([expect.stringContaining("deeper than 64")]);
      const list = `{"free":{"a":${"[".repeat(depth)}${"]".repeat(depth)}}}`;
      const faults = Object.entries(refusal({ route: whole, body: list }));
      expect(faults).toEqual([
        [expect.stringMatching(/^free\["a"\](\[0\])+$/), "must not be deeper than 45 lists and objects in each other"],
      ]);
    }
  });

  it("that has deep JSON in deep messages is rejected", () => {
    const free = `{"free":{"a":${"[".repeat(40)}${"]".repeat(40)}}}`;
    const body = `${'{"inner":'.repeat(60)}${free}${"}".repeat(60)}`;
    expect(refusal({ route: whole, body })).toEqual({ "": "the message is nested too deep" });
  });

  it.each([
    ['{"text":"a","text":"a"}', "text"],
    ['{"inners":[{},{"snakeCaseName":"a","snake\\u0043aseName":"b"}]}', "inners[1].snake_case_name"],
    ['{"counts":{"a":1,"a":2}}', 'counts["a"]'],
    ['{"free":{"a":[{"b":1,"b":2}]}}', 'free["a"][0]["b"]'],
    ['{"any":{"@type":"a/b","@type":"a/b"}}', "any"],
  ])("that has a key twice is rejected: %s", (text, field) => {
    expect(refusal({ route: whole, body: text })).toEqual({ [field]: "is set twice" });
    const inner = { [`inner.${field}`]: "is set twice" };
    expect(refusal({ route: routeOf({ body: "inner" }), body: text })).toEqual(inner);
    expect(refusal({ route: whole, body: `{"inner":${text}}` })).toEqual(inner);
  });

  it("that is invalid is rejected quickly, however large and deep", () => {
    const items = Array(130).fill('{"text":"x","many":[1,2]}').join(",");
    const place = "inner.".repeat(60);
    const deep = Array(60).fill(`{"inners":[${items}],"inner":`).join("");
    const bodies = {
      [`${place}small`]: `${deep}{"small":"x"}${"}".repeat(60)}`,
      "many[120000]": JSON.stringify({ many: [...Array(120_000).fill(1), "x"] }),
      "inners[8000].small": JSON.stringify({ inners: [...Array(8_000).fill({ many: ["1", "2"] }), { small: "x" }] }),
    };
    for (const [field, body] of Object.entries(bodies)) {
      const started = performance.now();
      expect(Object.keys(refusal({ route: whole, body }))).toEqual([field]);
      expect(performance.now() - started).toBeLessThan(10_000);
    }
  });

  it("may be one field, while the query sets the others", () => {
    const route = routeOf({
      body: "inner",
      variables: [{ field: "inner.text", start: 1, end: 2 }],
      segments: ["v1", "*"],
    });
    const parts = { route, segments: ["v1", "a%2Fb"], query: "small=2" };
    expect(read({ ...parts, body: { small: 1 } })).toEqual({ small: 2, inner: { small: 1, text: "a/b" } });
    expect(read({ ...parts, body: { small: 1, text: "a/b" } })).toEqual({ small: 2, inner: { small: 1, text: "a/b" } });
    expect(read(parts)).toEqual({ small: 2, inner: { text: "a/b" } });
    expect(refusal({ ...parts, body: { text: "c" } })).toEqual({
      "inner.text": expect.stringContaining("set twice"),
    });
    expect(refusal({ ...parts, body: 7 })).toEqual({ inner: "must be an object" });
    expect(refusal({ ...parts, query: "inner.small=1" })).toEqual({
      "inner.small": expect.stringContaining("set by the path or the body"),
    });
  });

  it("may be a field that is a list or a string", () => {
    expect(read({ route: routeOf({ body: "many" }), body: [1, "2"] })).toEqual({ many: ["1", "2"] });
    expect(read({ route: routeOf({ body: "text" }), body: '"a"' })).toEqual({ text: "a" });
  });

  it("may be a message whose JSON is not an object", () => {
    const route = routeOf({ body: "*" }, "google.protobuf.Timestamp");
    expect(read({ route, body: '"2026-01-31T12:00:00Z"' })).toBe("2026-01-31T12:00:00Z");
    expect(read({ route: routeOf({ body: "*" }, "google.protobuf.Struct"), body: { a: [1] } })).toEqual({ a: [1] });
  });
});

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

describe("a message of proto2", () => {
  const route = routeOf({ body: "*" }, "old.v1.Old");

  it("is read with its groups and extensions", () => {
    const body = { name: "a", older: { name: "b" }, part: [{ size: 1 }], "[old.v1.extra]": "c" };
    expect(read({ route, body })).toEqual(body);
  });

  it("has an Any of an unknown type also in its extensions", () => {
    const any = { "@type": "type.googleapis.com/other.v1.Unknown", "@value": "CAE=" };
    const known = { "@type": "type.googleapis.com/old.v1.Old", name: "b", "[old.v1.packed]": any };
    const body = { name: "a", "[old.v1.packed]": any, "[old.v1.all]": [any, known], "[old.v1.next]": known };
    const { "@type": _, ...next } = known;
    expect(read({ route, body: { ...body, "[old.v1.next]": next } })).toEqual({ ...body, "[old.v1.next]": next });
  });

  it("is rejected with the name of the extension that is wrong", () => {
    const wrong = { "@type": "type.googleapis.com/other.v1.Unknown", small: 1 };
    const body = { name: "a", "[old.v1.extra]": 1, "[old.v1.all]": [wrong], "[old.v1.next]": { count: 1 } };
    expect(refusal({ route, body })).toEqual({
      "[old.v1.extra]": "must be a string",
      "[old.v1.all][0]": expect.stringContaining("of a message of the contracts"),
      "[old.v1.next]": "is not a valid extension of Old",
    });
    expect(refusal({ route, body: { name: "a", "[old.v1.none]": 1 } })).toEqual({
      "[old.v1.none]": "is not a field of Old",
    });
  });

  it("is rejected if a required field is missing, at any depth", () => {
    const missing = "is required";
    expect(refusal({ route, body: { count: 1 } })).toEqual({ name: missing });
    expect(refusal({ route, body: { name: "a", others: [{ name: "b" }, {}], older: {}, part: [{}] } })).toEqual({
      "older.name": missing,
      "others[1].name": missing,
      "part[0].size": missing,
    });
    expect(refusal({ route, body: { name: 1, "[old.v1.extra]": "c" } })).toEqual({ name: "must be a string" });
  });
});

describe("an Any of a message of proto2", () => {
  const type = { "@type": "type.googleapis.com/old.v1.Old" };

  it("is read if it has the required fields", () => {
    const body = { any: { ...type, name: "a", older: { name: "b" } } };
    expect(read({ route: whole, body })).toEqual(body);
  });

  it("is rejected if a required field is missing, also in an Any", () => {
    const body = { any: { ...type, name: "a", others: [{}] } };
    expect(refusal({ route: whole, body })).toEqual({ "any.others[0].name": "is required" });
    const packed = { any: { "@type": "type.googleapis.com/kinds.v1.All", any: { ...type, count: 1 } } };
    expect(refusal({ route: whole, body: packed })).toEqual({ "any.any.name": "is required" });
  });
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
