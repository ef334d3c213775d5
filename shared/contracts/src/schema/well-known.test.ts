import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { generateFiles, writeGenerated } from "@mesh/codegen/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { faultFinder } from "./response-fault.ts";
import { violations } from "./violations.ts";

const imports = ["any", "duration", "field_mask", "struct", "timestamp", "wrappers"];
const files = {
  "known/v1/known.proto": `syntax = "proto3";
package known.v1;
import "buf/validate/validate.proto";
${imports.map((name) => `import "google/protobuf/${name}.proto";`).join("\n")}
message Known {
  google.protobuf.Timestamp at = 1; google.protobuf.Duration wait = 2; google.protobuf.FieldMask mask = 3;
  google.protobuf.Any any = 4; google.protobuf.Struct free = 5; google.protobuf.Value one = 6; google.protobuf.ListValue all = 7;
  string text = 8; map<string, string> names = 9; repeated google.protobuf.Duration waits = 10;
  google.protobuf.StringValue note = 11; oneof choice { google.protobuf.Duration chosen = 12; Known deeper = 21; }
  google.protobuf.Duration unruled = 13 [(buf.validate.field).ignore = IGNORE_ALWAYS];
  google.protobuf.Timestamp untimed = 14 [(buf.validate.field).ignore = IGNORE_ALWAYS];
  Known next = 15; repeated Known nexts = 16; map<string, Known> named = 17; map<int64, Known> counted = 18;
  optional string ruled = 19 [(buf.validate.field).string.min_len = 1];
  google.protobuf.Duration soon = 20 [(buf.validate.field).duration.gt = {}];
}
message Plain { string text = 1 [(buf.validate.field).string.min_len = 1]; Plain plain = 2; google.protobuf.Int64Value id = 3; }
message Roots { google.protobuf.Timestamp at = 1; }
`,
};

let generated: Awaited<ReturnType<typeof writeGenerated>>;
let schema: z.ZodType;
let plainSchema: z.ZodType;

beforeAll(async () => {
  generated = await writeGenerated(await generateFiles(files));
  ({ KnownSchema: schema, PlainSchema: plainSchema } = await import(join(generated.folder, "known/v1/known.zod.js")));
});
afterAll(() => generated?.dispose());

const none = new Uint8Array(0);
const known = "type.googleapis.com/known.v1.Known";
const half = "must not have half of a surrogate pair";

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

/** Values of fields, by the key of the field. */
const accepted: readonly (readonly [key: string, values: readonly unknown[]])[] = [
  ["at", [new Date("0001-01-01T00:00:00Z"), new Date("9999-12-31T23:59:59.999Z"), new Date(-1)]],
  ["wait", [{}, { seconds: 315_576_000_000n, nanos: 999_999_999 }, { seconds: -315_576_000_000n, nanos: -1 }]],
  ["wait", [{ seconds: 0n, nanos: -1 }, { seconds: 0n, nanos: 1 }, { nanos: 5 }, { seconds: 5n }]],
  ["mask", [[], ["a"], ["unit_price.minor_units", "a1.b"], ["*"]]],
  ["any", [{ typeUrl: "", value: none }, {}, { typeUrl: known, value: none }]],
  ["any", [{ typeUrl: "a/no.such.Type", value: new Uint8Array([8, 1, 0x12, 1, 97, 0x1b, 0x1c]) }]],
  ["free", [{}, { a: [1, null, { b: "👍" }], "": false }, Object.create(null), runInNewContext("({ a: {} })")]],
  ["one", [null, 0, -0, "", false, [], {}, nested(45)]],
  ["all", [[], [null, [], {}]]],
  ["text", ["", "👍", "\u{10ffff}\0"]],
];

describe("a message is accepted", () => {
  test.each(accepted)("with %s %o", (key, values) => {
    for (const value of values) expect(schema.safeParse({ [key]: value }).error).toBeUndefined();
  });
});

const time = "must be from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z";
const duration = "must be within 315576000000 seconds, and its nanos below a second and of the same sign";
const path = 'must be a path in snake case such as "price.minor_units"';
const any = "must have a type_url such as type.googleapis.com/pkg.Name, and a value in protobuf's format";
const finite = "must be a finite number";
const plain = "must be a plain object";
const json = "must be a JSON value";

/** Messages, and the field and the description of their fault. */
const rejected: readonly (readonly [message: Readonly<Record<string, unknown>>, field: string, description: string])[] =
  [
    [{ at: new Date("0000-12-31T23:59:59.999Z") }, "at", time],
    [{ at: new Date("+010000-01-01T00:00:00Z") }, "at", time],
    [{ untimed: new Date("+010000-01-01T00:00:00Z") }, "untimed", time],
    [{ wait: { seconds: 1n, nanos: -1 } }, "wait", duration],
    [{ wait: { seconds: -1n, nanos: 1 } }, "wait", duration],
    [{ wait: { seconds: 0n, nanos: 1_000_000_000 } }, "wait", duration],
    [{ wait: { nanos: 2e9 } }, "wait", duration],
    [{ wait: { seconds: -1n, nanos: -1_000_000_000 } }, "wait", duration],
    [{ wait: { seconds: 400_000_000_000n } }, "wait", duration],
    [{ wait: { seconds: -315_576_000_001n } }, "wait", duration],
    [{ waits: [{}, { seconds: 1n, nanos: -1 }] }, "waits[1]", duration],
    [{ choice: { $case: "chosen", value: { nanos: -2e9 } } }, "chosen", duration],
    [{ unruled: { seconds: 1n, nanos: -1 } }, "unruled", duration],
    [{ wait: { seconds: 1 } }, "wait.seconds", expect.stringContaining("bigint") as never],
    [{ mask: ["display__name"] }, "mask[0]", path],
    [{ mask: ["a", "fooBar"] }, "mask[1]", path],
    [{ mask: ["foo_"] }, "mask[0]", path],
    [{ mask: ["foo_1"] }, "mask[0]", path],
    [{ mask: ["a,b"] }, "mask[0]", path],
    [{ mask: [""] }, "mask[0]", path],
    [{ mask: ["\ud800"] }, "mask[0]", path],
    [{ any: { typeUrl: "x", value: none } }, "any", any],
    [{ any: { typeUrl: "a/", value: none } }, "any", any],
    [{ any: { typeUrl: "a/.known.v1.Known", value: none } }, "any", any],
    [{ any: { typeUrl: "a/b c", value: none } }, "any", any],
    [{ any: { typeUrl: "", value: new Uint8Array([8, 1]) } }, "any", any],
    [{ any: { typeUrl: known, value: new Uint8Array([255, 255, 255]) } }, "any", any],
    [{ any: { typeUrl: "a/no.Such", value: new Uint8Array([0x0a, 5, 97]) } }, "any", any],
    [{ any: { typeUrl: "a/no.Such", value: new Uint8Array([0, 1]) } }, "any", any],
    [{ any: { typeUrl: "a/no.Such", value: new Uint8Array([0x0c]) } }, "any", any],
    [{ any: { typeUrl: "a/no.Such", value: new Uint8Array([0x0b]) } }, "any", any],
    [{ free: { a: new Date(0) } }, 'free["a"]', plain],
    [{ free: { a: new Uint8Array([1, 2]) } }, 'free["a"]', plain],
    [{ free: { a: [{ b: Number.NaN }] } }, 'free["a"][0]["b"]', finite],
    [{ free: { a: new Map([["b", 1]]) } }, 'free["a"]', plain],
    [{ free: new Date(0) }, "free", plain],
    [{ free: [] }, "free", "must be a JSON object"],
    [{ free: { a: undefined } }, 'free["a"]', json],
    [{ free: { a: 1n } }, 'free["a"]', json],
    [{ free: { "\ud800": 1 } }, "free", `${half} in a key`],
    [{ one: Infinity }, "one", finite],
    [{ one: [1, -Infinity] }, "one[1]", finite],
    [{ one: { a: "\udc00" } }, 'one["a"]', half],
    [{ one: nested(46) }, `one${"[0]".repeat(45)}`, "must not be deeper than 45 lists and objects in each other"],
    [{ all: [Number.NaN] }, "all[0]", finite],
    [{ all: [undefined] }, "all[0]", json],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested.
    [{ all: [1, , 2] }, "all[1]", json],
    [{ text: "\ud800" }, "text", half],
    [{ text: "a\udc00b" }, "text", half],
    [{ note: "\ud83d" }, "note", half],
    [{ names: { a: "\ud83d" } }, 'names["a"]', half],
    [{ names: { "\ud83d": "a" } }, 'names["\ud83d"]', half],
  ];

describe("a message is rejected with the field", () => {
  test.each(rejected)("%o", (message, field, description) => {
    const { error } = schema.safeParse(message);
    expect(error && violations(error)).toEqual([{ field, description, rule: "" }]);
  });

  test("and the path to it in TypeScript", () => {
    const { error } = schema.safeParse({ free: { a: [{ b: Number.NaN }] } });
    expect(error?.issues[0]?.path).toEqual(["free", "a", 0, "b"]);
  });

  test("at most 20 times", () => {
    const { error } = schema.safeParse({ all: Array(100).fill(Number.NaN) });
    expect(error?.issues).toHaveLength(20);
  });
});

describe("the fault of a response is", () => {
  const texts = /^(?:text|note|names)\b/;
  const found = (message: object) => faultFinder(schema)?.(message);

  // The encoder checks texts and the types of scalars, and leaves out what is undefined.
  const sameFaults = rejected.filter(([{ free }, field]) => {
    const isUndefined = typeof free === "object" && free !== null && "a" in free && free.a === undefined;
    return !texts.test(field) && field !== "wait.seconds" && !isUndefined;
  });

  test.each(sameFaults)("that of a request: %o", (message, field, description) => {
    expect(found(message)).toEqual({ field, description });
  });

  test("named by its place in maps, lists, oneofs and messages that contain themselves", () => {
    const wrong = { wait: { nanos: 2e9 } };
    expect(found({ next: { nexts: [{}, { named: { 'a"': wrong } }] } })?.field).toBe(
      'next.nexts[1].named["a\\""].wait',
    );
    expect(found({ choice: { $case: "deeper", value: wrong } })?.field).toBe("deeper.wait");
    expect(found({ counted: new Map([[7n, wrong]]) })?.field).toBe("counted[7].wait");
  });

  test("none if the values are right, absent, or only break a rule", () => {
    for (const [key, values] of accepted) for (const value of values) expect(found({ [key]: value })).toBeUndefined();
    expect(found({ free: { a: undefined }, any: undefined, choice: undefined, ruled: "", soon: {} })).toBeUndefined();
    expect(schema.safeParse({ ruled: "", soon: {} }).error?.issues).toHaveLength(2);
  });

  test("not that a Date has digits which are cut when it is sent", () => {
    const at = Object.defineProperty(new Date(0), Symbol.for("mesh.timestamp"), { value: { seconds: 0n, nanos: 2e9 } });
    expect(schema.safeParse({ at }).success).toBe(false);
    expect(found({ at })).toBeUndefined();
  });

  test("not searched for in messages that have none", () => {
    expect(faultFinder(plainSchema)).toBeUndefined();
  });
});
