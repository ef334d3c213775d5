import { createFileRegistry, fromBinary, type Registry, toJson } from "@bufbuild/protobuf";
import { compile } from "@mesh/codegen/testing";
import { type HttpRoute, MeshError, type MessageType, type MethodDefinition } from "@mesh/contracts";
import { beforeAll, describe, expect, it } from "vitest";
import { descriptorOf } from "./messages.ts";
import { requestReader } from "./request.ts";
import { responseWriter } from "./response.ts";
import type { Route } from "./routes.ts";

const source = `syntax = "proto3";
package kinds.v1;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Colour { COLOUR_UNSPECIFIED = 0; COLOUR_RED = 1; }
message All {
  bool yes = 1; int32 small = 2; int64 large = 3; uint64 unsigned = 4; double real = 5; string text = 6; bytes raw = 7;
  Colour colour = 8; repeated Colour colours = 9; repeated int64 many = 10; map<string, int32> counts = 11;
  google.protobuf.Timestamp at = 12; google.protobuf.Duration wait = 13; google.protobuf.FieldMask mask = 14;
  google.protobuf.BoolValue maybe = 15; google.protobuf.Int64Value maybe_large = 16; google.protobuf.BytesValue maybe_raw = 17;
  google.protobuf.Struct free = 18; google.protobuf.Value any_value = 19; google.protobuf.Any any = 20;
  All inner = 21; repeated All inners = 22; optional string given = 23; float single = 24;
  oneof one { string one_text = 25; int32 one_number = 26; }
  string odd = 27 [json_name = "Odd-Name"]; string snake_case_name = 28;
}
`;

const old = `syntax = "proto2";
package old.v1;
message Old {
  required string name = 1; optional int32 count = 2 [default = 7]; optional Old older = 3; repeated Old others = 4;
  extensions 100 to 200; repeated group Part = 5 { required int32 size = 1; }
}
extend Old { optional string extra = 100; }
`;

let registry: Registry;

beforeAll(async () => {
  registry = createFileRegistry(await compile({ "kinds/v1/kinds.proto": source, "old/v1/old.proto": old }));
});

/** A message whose values a test reads as JSON. */
function messageType(typeName: string): MessageType<unknown> {
  const desc = () => descriptorOf(registry, { typeName } as MessageType<unknown>);
  const decode = (bytes: Uint8Array) => toJson(desc(), fromBinary(desc(), bytes), { registry });
  return { typeName, decode } as MessageType<unknown>;
}

function routeOf(http: Partial<HttpRoute> = {}, typeName = "kinds.v1.All"): Route {
  const plain = { method: "POST", path: "", segments: [], verb: "", variables: [], body: "", responseBody: "" };
  const input = messageType(typeName);
  const method = { input, output: input } as unknown as MethodDefinition;
  return { http: { ...plain, idempotencyKey: "", ...http }, method, service: "orders", key: "getOrder" };
}

interface Parts {
  readonly route?: Route;
  readonly query?: string;
  readonly body?: unknown;
  readonly segments?: readonly string[];
  readonly ignoreUnknown?: boolean;
}

function read({ route = routeOf(), query = "", body, segments = [], ignoreUnknown = false }: Parts): unknown {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const match = { route, segments };
  return requestReader(route, registry, ignoreUnknown)({ match, query, body: text, idempotencyKey: undefined });
}

/** The fields that a request is refused for, with why. */
function refusal(parts: Parts): Record<string, string> {
  try {
    read(parts);
  } catch (error) {
    if (!(error instanceof MeshError)) throw error;
    return Object.fromEntries(error.violations.map(({ field, description }) => [field, description]));
  }
  throw new Error("the request was read");
}

const whole = routeOf({ body: "*" });

describe("a query", () => {
  it.each([
    ["yes=true&text=", { yes: true }],
    ["yes=false", {}],
    [
      "small=-5&large=9223372036854775807&unsigned=18446744073709551615",
      {
        small: -5,
        large: "9223372036854775807",
        unsigned: "18446744073709551615",
      },
    ],
    ["real=1.5e3&single=0.5", { real: 1500, single: 0.5 }],
    ["real=NaN&single=-Infinity", { real: "NaN", single: "-Infinity" }],
    ["text=a%20b%2Bc+d", { text: "a b+c d" }],
    ["raw=-_8%3D", { raw: "+/8=" }],
    ["raw=%2B/8", { raw: "+/8=" }],
    ["colour=COLOUR_RED", { colour: "COLOUR_RED" }],
    ["colour=1", { colour: "COLOUR_RED" }],
    ["colour=7", { colour: 7 }],
    ["colours=1&colours=COLOUR_RED", { colours: ["COLOUR_RED", "COLOUR_RED"] }],
    ["many=1&many=2&many=1", { many: ["1", "2", "1"] }],
    ["at=2026-01-31T12:00:00.123456789%2B01:00", { at: "2026-01-31T11:00:00.123456789Z" }],
    ["wait=1.5s", { wait: "1.500s" }],
    ["mask=text,snake_case_name,inner.snakeCaseName", { mask: "text,snakeCaseName,inner.snakeCaseName" }],
    ["maybe=false&maybe_large=0&maybeRaw=AQ", { maybe: false, maybeLarge: "0", maybeRaw: "AQ==" }],
    ["inner.small=1&inner.inner.text=a", { inner: { small: 1, inner: { text: "a" } } }],
    ["inner.inner.at=1969-12-31T23:59:59Z", { inner: { inner: { at: "1969-12-31T23:59:59Z" } } }],
    ["given=", { given: "" }],
    ["one_number=0", { oneNumber: 0 }],
    ["Odd-Name=a&snakeCaseName=b", { "Odd-Name": "a", snakeCaseName: "b" }],
  ])("%s is read", (query, expected) => {
    expect(read({ query })).toEqual(expected);
  });

  it.each([
    ["yes=1", { yes: "must be true or false" }],
    ["small=1.5", { small: "must be a number that is int32" }],
    ["small=", { small: "must be a number that is int32" }],
    ["small=2147483648", { small: "must be a number that is int32" }],
    ["large=9223372036854775808", { large: "must be an int64, in quotes where it is beyond 2^53" }],
    ["raw=%25", { raw: "must be bytes in base64" }],
    ["colour=RED", { colour: "must be a value of Colour, by its name or its number" }],
    ["colours=1&colours=RED", { "colours[1]": "must be a value of Colour, by its name or its number" }],
    ["at=today", { at: 'must be a time such as "2026-01-31T12:00:00Z"' }],
    ["wait=5", { wait: 'must be a duration such as "1.5s"' }],
    [
      "inner.small=a&inner.inner.yes=2",
      { "inner.small": "must be a number that is int32", "inner.inner.yes": "must be true or false" },
    ],
    ["inner=a", { inner: expect.stringContaining("can't be said in a query") }],
    ["inners.text=a", { "inners.text": expect.stringContaining("is no field") }],
    ["counts=1", { counts: expect.stringContaining("can't be said in a query") }],
    ["free=a", { free: expect.stringContaining("can't be said in a query") }],
    ["text=a&text=b", { text: "is given more than once" }],
    ["text.x=a", { "text.x": expect.stringContaining("is no field") }],
    ["__proto__.x=1&constructor=1", { "__proto__.x": expect.any(String), constructor: expect.any(String) }],
    ["one_text=a&one_number=1", { "": expect.stringContaining("two of a oneof") }],
    [
      `${"inner.".repeat(70)}small=1`,
      { "inner.inner.inner.inner.inner.inner": expect.stringContaining("nested deeper than 64") },
    ],
  ])("%s is refused", (query, expected) => {
    expect(refusal({ query })).toEqual(expected);
  });

  it("with what no field is called is read where that is ignored", () => {
    expect(read({ query: "nope=1&text.x=2&small=3", ignoreUnknown: true })).toEqual({ small: 3 });
  });
});

const quoted = "must be in quotes, as it is beyond 2^53";

describe("a body", () => {
  it("is proto3 JSON, by either name of a field", () => {
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
    [{ counts: { a: "x" } }, { counts: expect.stringContaining("object") }],
    [{ inner: [] }, { inner: "must be an object" }],
    [
      { inner: { nope: 1 }, small: "x" },
      { "inner.nope": "is no field of All", small: expect.any(String) },
    ],
    [{ "<b>": 1 }, { "": "is no field of All" }],
    [
      { text: 1, yes: "true" },
      { text: "must be a text", yes: "must be true or false" },
    ],
    [{ oneText: "a", oneNumber: 1 }, { "": expect.stringContaining("oneof") }],
    [{ snakeCaseName: "a", snake_case_name: "b" }, { "": expect.stringContaining("given twice") }],
    [{ any: { "@type": "type.googleapis.com/no.Such" } }, { any: expect.any(String) }],
    [
      '{"large": 9007199254740993, "many": [1, 1e20], "inners": [{"maybeLarge": 9007199254740993}], "real": 1e300}',
      { large: quoted, "many[1]": quoted, "inners[0].maybe_large": quoted },
    ],
    ['{"real": 1e999}', { real: expect.any(String) }],
  ])("%j is refused", (body, expected) => {
    expect(refusal({ route: whole, body })).toEqual(expected);
  });

  it("tells 20 faults and not more", () => {
    expect(Object.keys(refusal({ route: whole, body: { inners: Array(1000).fill({ small: "x" }) } }))).toHaveLength(20);
  });

  it("with unknown fields is read where those are ignored", () => {
    const body = { nope: 1, inner: { nope: {}, small: 1 }, colour: "COLOUR_BLUE" };
    expect(read({ route: whole, body, ignoreUnknown: true })).toEqual({ inner: { small: 1 } });
  });

  it("changes nothing but its own message, whatever its keys", () => {
    const body = '{"__proto__":{"isAdmin":true},"counts":{"__proto__":1,"constructor":2}}';
    expect(read({ route: whole, body, ignoreUnknown: true })).toMatchObject({ counts: { constructor: 2 } });
    expect({}).not.toHaveProperty("isAdmin");
    expect(Object.entries(refusal({ route: whole, body }))).toEqual([["__proto__", "is no field of All"]]);
  });

  it("that is deeply nested is refused, however deep", () => {
    for (const depth of [70, 20_000]) {
      const nested = `${'{"inner":'.repeat(depth)}{}${"}".repeat(depth)}`;
      expect(Object.values(refusal({ route: whole, body: nested }))).toEqual([
        expect.stringContaining("deeper than 64"),
      ]);
      const list = `{"free":{"a":${"[".repeat(depth)}${"]".repeat(depth)}}}`;
      expect(Object.keys(refusal({ route: whole, body: list }))).toEqual(["free"]);
    }
  });

  it("that is wrong is told in a short time, however large", () => {
    const body = JSON.stringify({ inners: [...Array(8_000).fill({ text: "x", many: ["1", "2"] }), { small: "x" }] });
    const started = performance.now();
    expect(refusal({ route: whole, body })).toEqual({ "inners[8000].small": expect.any(String) });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("may be one field, beside which the query fills the others", () => {
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
      "inner.text": expect.stringContaining("given twice"),
    });
    expect(refusal({ ...parts, body: 7 })).toEqual({ inner: "must be an object" });
    expect(refusal({ ...parts, query: "inner.small=1" })).toEqual({
      "inner.small": expect.stringContaining("no part of"),
    });
  });

  it("may be a field that is a list or a text", () => {
    expect(read({ route: routeOf({ body: "many" }), body: [1, "2"] })).toEqual({ many: ["1", "2"] });
    expect(read({ route: routeOf({ body: "text" }), body: '"a"' })).toEqual({ text: "a" });
  });

  it("may be a message whose JSON is no object", () => {
    const route = routeOf({ body: "*" }, "google.protobuf.Timestamp");
    expect(read({ route, body: '"2026-01-31T12:00:00Z"' })).toBe("2026-01-31T12:00:00Z");
    expect(read({ route: routeOf({ body: "*" }, "google.protobuf.Struct"), body: { a: [1] } })).toEqual({ a: [1] });
  });
});

describe("a message of proto2", () => {
  const route = routeOf({ body: "*" }, "old.v1.Old");

  it("is read with its groups and extensions", () => {
    const body = { name: "a", older: { name: "b" }, part: [{ size: 1 }], "[old.v1.extra]": "c" };
    expect(read({ route, body })).toEqual(body);
  });

  it("is refused where a field is missing that it requires, wherever that is", () => {
    const missing = "is required";
    expect(refusal({ route, body: { count: 1 } })).toEqual({ name: missing });
    expect(refusal({ route, body: { name: "a", others: [{ name: "b" }, {}], older: {}, part: [{}] } })).toEqual({
      "older.name": missing,
      "others[1].name": missing,
      "part[0].size": missing,
    });
    expect(refusal({ route, body: { name: 1, "[old.v1.extra]": "c" } })).toEqual({ name: "must be a text" });
  });
});

describe("a path", () => {
  it("fills numbers, enums and fields of messages", () => {
    const variables = ["small", "colour", "inner.large"].map((field, index) => ({
      field,
      start: index,
      end: index + 1,
    }));
    const route = routeOf({ segments: ["*", "*", "*"], variables });
    const expected = { small: 5, colour: "COLOUR_RED", inner: { large: "7" } };
    expect(read({ route, segments: ["5", "COLOUR_RED", "7"] })).toEqual(expected);
    expect(refusal({ route, segments: ["x", "RED", "7"] })).toEqual({
      small: expect.any(String),
      colour: expect.any(String),
    });
  });
});

describe("a response", () => {
  const encode = (bytes: Uint8Array) => () => bytes;

  it("says the fields that are never absent, whatever they hold", () => {
    const route = routeOf();
    const write = responseWriter(
      { ...route, method: { ...route.method, output: { ...route.method.output, encode: encode(new Uint8Array()) } } },
      registry,
    );
    const json = write({});
    expect(json).toMatchObject({
      yes: false,
      large: "0",
      text: "",
      raw: "",
      colour: "COLOUR_UNSPECIFIED",
      many: [],
      counts: {},
    });
    expect(json).not.toHaveProperty("inner");
    expect(json).not.toHaveProperty("given");
  });

  it("is the field that the route answers with; null where it is absent", () => {
    const answer = (responseBody: string, bytes: number[]) => {
      const route = routeOf({ responseBody });
      const output = { ...route.method.output, encode: encode(new Uint8Array(bytes)) };
      return responseWriter({ ...route, method: { ...route.method, output } }, registry)({});
    };
    expect(answer("small", [0x10, 5])).toBe(5);
    expect(answer("many", [])).toEqual([]);
    expect(answer("snake_case_name", [])).toBe("");
    expect(answer("at", [])).toBeNull();
  });
});
