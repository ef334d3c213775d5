import { describe, expect, it } from "vitest";
import { openKinds } from "../../fixtures/kinds.ts";

const { read, refusal, routeOf } = await openKinds();
const whole = routeOf({ body: "*" });
const quoted = "must be in quotes, because it is beyond 2^53";
const int32 = "must be a number of type int32";

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
    for (const depth of [110, 20_000]) {
      const nested = `${'{"inner":'.repeat(depth)}{}${"}".repeat(depth)}`;
      expect(Object.values(refusal({ route: whole, body: nested }))).toEqual([
        expect.stringContaining("deeper than 100 messages"),
      ]);
      const wide = `${'{"inner":'.repeat(depth)}{"large":12345678901234567890}${"}".repeat(depth)}`;
      expect(Object.values(refusal({ route: whole, body: wide }))).toEqual([
        expect.stringContaining("deeper than 100 messages"),
      ]);
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
