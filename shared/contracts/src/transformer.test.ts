import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxDepth, transformer } from "./transformer.ts";

/** There and back through real JSON, as between the browser and the gateway. */
function travel(value: unknown): unknown {
  return transformer.deserialize(JSON.parse(JSON.stringify(transformer.serialize(value))));
}

function nested(depth: number): unknown {
  return depth === 0 ? "core" : [nested(depth - 1)];
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withNullPrototype: false,
  withObjectString: true,
  withSparseArray: false,
  maxDepth: 6,
});
const leaf = fc.oneof(
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 40 }),
  fc.double(),
  fc.string({ unit: "binary" }),
  fc.string().map((text) => `~${text}`),
  fc.constantFrom(undefined, null, -0, true),
);
const tree = fc.object({ key: fc.string(), values: [leaf], maxDepth: 5 });

describe("transformer", () => {
  it("returns exactly the value that was serialized", () => {
    const property = fc.property(fc.oneof(tree, anything), (value) => {
      expect(travel(value)).toStrictEqual(value);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it.each([
    ["the largest int64", 2n ** 63n - 1n],
    ["the smallest int64", -(2n ** 63n)],
    ["the largest uint64", 2n ** 64n - 1n],
    ["zero as a bigint", 0n],
    ["a date to the millisecond", new Date("2024-02-29T12:34:56.789Z")],
    ["a date before 1970", new Date(-1)],
    ["the first date of protobuf", new Date("0001-01-01T00:00:00.000Z")],
    ["the last date there is", new Date(8.64e15)],
    ["an invalid date", new Date(Number.NaN)],
    ["no bytes", new Uint8Array()],
    ["all bytes", Uint8Array.from({ length: 256 }, (_, index) => index)],
    ["many bytes", new Uint8Array(100_000).fill(255)],
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["minus infinity", Number.NEGATIVE_INFINITY],
    ["minus zero", -0],
    ["undefined", undefined],
    ["null", null],
    ["an own key that is undefined", { a: undefined, b: [undefined, null] }],
    ["text that looks like a tag", ["~n1", "~", "~~n1", "~~~", "~u", "~x"]],
    ["keys that look like a tag", { "~n1": "~n1", constructor: 1n, toString: "x" }],
    ["half of a surrogate pair", "\ud83d"],
    ["an empty Map", new Map()],
    [
      "a Map with keys that JSON lacks",
      new Map<unknown, unknown>([
        [2n ** 63n - 1n, 1],
        [false, -0],
        ["~m", null],
        [NaN, 0],
      ]),
    ],
    ["Maps in each other", new Map([[1n, [new Map([[true, { a: new Map([["", 1n]]) }]])]]])],
    ["an array whose first item looks like the tag of a Map", ["~m", 1, 2]],
  ])("keeps %s", (_, value) => {
    expect(travel(value)).toStrictEqual(value);
  });

  it("keeps the part of a buffer that a view shows, and no more", () => {
    const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect(travel(view)).toStrictEqual(new Uint8Array([2, 3]));
  });

  it("keeps a __proto__ key as an ordinary key", () => {
    const sent = JSON.parse('{"__proto__":{"isAdmin":true},"a":1}');
    const got = travel(sent) as Record<string, unknown>;
    expect(Object.keys(got)).toEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
    expect(got).not.toHaveProperty("isAdmin");
    expect({}).not.toHaveProperty("isAdmin");
  });

  it("does not change its input", () => {
    const sent = { a: [1n, "~"], b: new Date(0) };
    const wire = transformer.serialize(sent);
    const before = JSON.stringify(wire);
    transformer.deserialize(wire);
    expect(JSON.stringify(wire)).toBe(before);
    expect(sent).toStrictEqual({ a: [1n, "~"], b: new Date(0) });
  });

  it("writes plain JSON for values that JSON has", () => {
    const plain = { text: "a~", list: [1, 2.5, true, null], empty: {} };
    expect(transformer.serialize(plain)).toStrictEqual(plain);
  });

  it("accepts nesting up to its limit and rejects more, in both directions", () => {
    expect(travel(nested(maxDepth))).toStrictEqual(nested(maxDepth));
    expect(() => transformer.serialize(nested(maxDepth + 1))).toThrow(RangeError);
    const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    expect(() => transformer.deserialize(deep)).toThrow("nested deeper than 204 levels");
    const deepMap = JSON.parse(`${'["~m",0,'.repeat(100_000)}1${"]".repeat(100_000)}`);
    expect(() => transformer.deserialize(deepMap)).toThrow("nested deeper than 204 levels");
  });

  it("rejects a value that contains itself", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => transformer.serialize(loop)).toThrow(RangeError);
  });

  it.each([
    [new Map([[{}, 1]])],
    [new Map([[new Date(0), 1]])],
    [new Set()],
    [new Error("x")],
    [() => 1],
    [Symbol("s")],
    [new (class Cart {})()],
    [/x/],
  ])("refuses %s, which would arrive as something else", (value) => {
    expect(() => transformer.serialize({ value })).toThrow("can't travel");
  });

  it.each([
    "~",
    "~x",
    "~n",
    "~n1.5",
    "~n0x10",
    "~n 1",
    `~n${"9".repeat(101)}`,
    "~d",
    "~d1e3",
    "~d9999999999999999",
    "~b?",
    "~bQQ",
    "~bQ Q=",
    "~u1",
    "~f1",
    "~fnan",
  ])("refuses %s on the wire", (text) => {
    expect(() => transformer.deserialize([text])).toThrow(TypeError);
  });

  it.each(['["~m",1]', '["~m",1,2,1,3]', '["~m",[],1]', '["~m",{},1]', '["~m","~d0",1]', '["~m","~x",1]'])(
    "rejects %s on the wire",
    (json) => {
      expect(() => transformer.deserialize(JSON.parse(json))).toThrow(TypeError);
    },
  );

  it("rejects a bigint that would take long to parse", () => {
    expect(() => transformer.serialize(10n ** 100n)).toThrow(RangeError);
  });
});
