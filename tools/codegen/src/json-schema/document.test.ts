import { durationPattern, fieldMaskPattern } from "@mesh/contracts/json-forms";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { generateFiles } from "../../testing/index.ts";

const head = `syntax = "proto3";
package shop.v1;
import "buf/validate/validate.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
// A colour.
enum Color {
  // Not set.
  COLOR_UNSPECIFIED = 0;
  COLOR_RED = 1;
}
// A part.
message Part { string text = 1 [(buf.validate.field).string.min_len = 1]; }
`;

/** Returns the document of the package with the message `X`, generated from its fields and options. */
async function documentOf(body: string): Promise<Record<string, Record<string, Record<string, unknown>>>> {
  const files = await generateFiles({ "shop/v1/shop.proto": `${head}message X { ${body} }` });
  return JSON.parse(files.find(({ name }) => name === "json-schema/shop.v1.json")?.content ?? "");
}

/** Returns the schema of the message `X` with the schemas that it refers to. */
async function schemaOf(body: string): Promise<Record<string, Record<string, unknown>>> {
  const { $defs = {} } = await documentOf(body);
  return { ...$defs["shop.v1.X"], $defs } as Awaited<ReturnType<typeof schemaOf>>; // Its keywords are objects here.
}

function validator(schema: object) {
  return new Ajv2020({ strictTypes: false, validateFormats: false }).compile(schema);
}

/** Declarations of fields, and the schema of each. */
const fields: readonly (readonly [type: string, options: string, expected: object])[] = [
  ["int64", "", { type: ["string", "integer"], format: "int64", minimum: Number.MIN_SAFE_INTEGER }],
  [
    "uint64",
    "(buf.validate.field).uint64 = {gt: 0 lte: 120}",
    { pattern: "^(?:[1-9][0-9]{0,1}|1(?:[0-1][0-9]|2(?:0)))$", minimum: 1 },
  ],
  ["uint32", "", { type: "integer", minimum: 0, maximum: 4294967295 }],
  ["double", "", { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] }],
  ["double", "(buf.validate.field).double.finite = true", { type: "number", format: "double" }],
  ["bytes", "(buf.validate.field).bytes.max_len = 4", { contentEncoding: "base64", maxLength: 8 }],
  ["google.protobuf.Timestamp", "", { type: "string", format: "date-time" }],
  ["google.protobuf.Duration", "", { pattern: durationPattern }],
  ["google.protobuf.FieldMask", "", { type: "string", pattern: fieldMaskPattern }],
  ["float", "(buf.validate.field).float.finite = true", { type: "number", exclusiveMaximum: 3.4028235677973366e38 }],
  ["google.protobuf.Struct", "", { type: "object" }],
  ["google.protobuf.Any", "", { type: "object", properties: { "@type": { type: "string" } } }],
  ["google.protobuf.Int64Value", "", { type: ["string", "integer"], format: "int64" }],
  ["map<string, int32>", "", { type: "object", additionalProperties: { type: "integer" } }],
  ["map<bool, string>", "", { propertyNames: { enum: ["true", "false"] } }],
  [
    "Color",
    "(buf.validate.field).enum.defined_only = true",
    { anyOf: [{ $ref: "#/$defs/shop.v1.Color" }, { enum: [0, 1] }] },
  ],
  ["Color", "", { anyOf: [{ $ref: "#/$defs/shop.v1.Color" }, { type: "integer" }] }],
  ["string", '(buf.validate.field).string.pattern = "(?i)^a$"', { type: "string" }],
  ["string", '(buf.validate.field).string.pattern = "^ab{2}$"', { pattern: "^ab{2}$" }],
  ["string", '(buf.validate.field).string = {pattern: "^a", example: "ab"}', { examples: ["ab"] }],
  ["int64", "(buf.validate.field).int64.example = 5", { examples: ["5"] }],
  ["google.protobuf.Duration", "(buf.validate.field).duration.example = {seconds: 3}", { examples: ["3s"] }],
  ["Color", "(buf.validate.field).enum.example = 1", { examples: ["COLOR_RED"] }],
];

test("a document has the messages of a package, what they refer to, and an id", async () => {
  const { $defs, ...rest } = await documentOf(
    "Color color = 1; google.protobuf.Timestamp at = 2; Inner inner = 3; message Inner {}",
  );
  expect(rest).toEqual({ $schema: "https://json-schema.org/draft/2020-12/schema", $id: "shop.v1.json" });
  expect(Object.keys($defs ?? {})).toEqual(["shop.v1.Color", "shop.v1.Part", "shop.v1.X", "shop.v1.X.Inner"]);
});

test("contracts without a package have a document too", async () => {
  const files = await generateFiles({ "bare.proto": 'syntax = "proto3";\nmessage Bare { string a = 1; }' });
  const names = files.map(({ name }) => name).filter((name) => name.startsWith("json-schema/"));
  expect(names.sort()).toEqual(["json-schema/no-package.d.ts", "json-schema/no-package.json"]);
});

describe("a JSON Schema", () => {
  test("has the name, the comments and the properties of its message", async () => {
    const schema = await schemaOf(`option deprecated = true;
      // How many.
      int32 item_count = 1 [deprecated = true];
      string named = 2 [json_name = "called"];`);
    expect(schema).toMatchObject({
      title: "X",
      deprecated: true,
      properties: { itemCount: { description: "How many.", deprecated: true }, called: { type: "string" } },
      additionalProperties: false,
    });
  });

  test("has the form of the JSON mapping for each kind of field, with its rules", async () => {
    const declared = fields.map(([type, options], at) => `${type} f${at} = ${at + 1} ${options && `[${options}]`};`);
    const { properties } = await schemaOf(declared.join("\n"));
    for (const [at, [type, options, expected]] of fields.entries()) {
      expect(properties?.[`f${at}`], `${type} ${options}`).toMatchObject(expected);
    }
  });

  test("rejects digits of a time below a millisecond if the package does", async () => {
    const accepts = validator(
      await schemaOf(`google.protobuf.Timestamp at = 1; repeated google.protobuf.Timestamp list = 2; }
        import "mesh/v1/options.proto";
        option (mesh.v1.package).timestamps = TIMESTAMPS_REJECT;
        message Y {`),
    );
    const [whole, fine] = ["2024-02-29T00:00:00.120000000Z", "2024-02-29T00:00:00.1234Z"];
    expect(accepts({ at: whole, list: ["2024-02-29T00:00:00Z", whole] })).toBe(true);
    expect([{ at: fine }, { list: [fine] }].map((json) => accepts(json))).toEqual([false, false]);
  });

  test("describes the values of an enum", async () => {
    const { $defs } = await schemaOf("Color value = 1;");
    expect($defs?.["shop.v1.Color"]).toMatchObject({
      description: "A colour.\n\n- `COLOR_UNSPECIFIED`: Not set.",
      enum: ["COLOR_UNSPECIFIED", "COLOR_RED"],
    });
  });

  test("allows at most one field of a oneof, and requires one if the rules do", async () => {
    const free = validator(await schemaOf("oneof c { string a = 1; int32 b = 2; }"));
    expect([{}, { a: "" }, { a: "", b: 1 }].map((json) => free(json))).toEqual([true, true, false]);
    const bound = validator(
      await schemaOf("oneof c { option (buf.validate.oneof).required = true; string a = 1; int32 b = 2; }"),
    );
    expect([{}, { a: "" }, { a: "", b: 1 }].map((json) => bound(json))).toEqual([false, true, false]);
  });

  test("checks nested messages at any depth", async () => {
    const accepts = validator(await schemaOf("X next = 1; Part part = 2; repeated Part parts = 3;"));
    expect(accepts({ next: { next: { part: { text: "a" } } } })).toBe(true);
    expect(accepts({ next: { next: { part: { text: "" } } } })).toBe(false);
    expect(accepts({ next: { nxt: {} } })).toBe(false);
  });

  test("does not check the rules of an ignored field", async () => {
    const accepts = validator(await schemaOf("Part part = 1 [(buf.validate.field).ignore = IGNORE_ALWAYS];"));
    expect([{ part: { text: "" } }, { part: {} }, { part: { text: 1 } }].map((json) => accepts(json))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("treats a field with the name __proto__ like others", async () => {
    const schema = await schemaOf('string __proto__ = 1 [json_name = "__proto__"];');
    expect(Object.keys(schema.properties ?? {})).toEqual(["__proto__"]);
  });
});
