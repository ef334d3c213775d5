import { join } from "node:path";
import { createFileRegistry, fromBinary, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import { compile, generateFiles, writeGenerated } from "@mesh/codegen/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { shortenFloats } from "../json-floats.ts";
import type { Codec } from "../message.ts";

const files = {
  "corpus/v1/rates.proto": `syntax = "proto3";
package corpus.v1;
import "buf/validate/validate.proto";
import "google/protobuf/any.proto";
import "google/protobuf/wrappers.proto";
message Rates {
  float ratio = 1 [(buf.validate.field).float = { gte: 0.1, lte: 0.7 }];
  float step = 2 [(buf.validate.field).float = { in: [0.1, 0.2] }];
}
message Many {
  repeated float list = 1 [(buf.validate.field).repeated.unique = true]; map<string, float> by_name = 2;
  google.protobuf.FloatValue wrapped = 3; oneof one { float member = 4; }
  double exact = 5; Many inner = 6; repeated Many inners = 7; google.protobuf.Any any = 8; optional float maybe = 9;
  repeated double exacts = 10 [(buf.validate.field).repeated.unique = true];
}
`,
};

let schemas: Readonly<Record<string, z.ZodType>>;
let codecs: Readonly<Record<string, Codec<unknown>>>;
let generated: Awaited<ReturnType<typeof writeGenerated>>;
let published: Awaited<ReturnType<typeof generateFiles>>;

beforeAll(async () => {
  published = await generateFiles(files);
  generated = await writeGenerated(published);
  schemas = await import(join(generated.folder, "corpus/v1/rates.zod.js"));
  codecs = await import(join(generated.folder, "corpus/v1/rates.pb.ts"));
});
afterAll(() => generated?.dispose());

const rates = () => schemas.RatesSchema as z.ZodType;

test.each([
  { ratio: 0.1, step: 0.1 },
  { ratio: 0.7, step: 0.2 },
  { ratio: 0.5, step: Math.fround(0.1) },
  { ratio: Math.fround(0.7), step: Math.fround(0.2) },
  { ratio: Math.fround(0.1), step: 0.2 },
])("%j is accepted as 32-bit floats", (message) => {
  const { ratio, step } = rates().parse(message) as typeof message;
  expect([String(ratio), String(step)]).toEqual(
    [message.ratio, message.step].map((one) => String(Number(one.toFixed(6)))),
  );
});

test("messages and schemas name the numbers of the contract", () => {
  const { error } = rates().safeParse({ ratio: 0.8, step: 0.3 });
  expect(error?.issues.map(({ message }) => message)).toEqual([
    "must be at least 0.1 and at most 0.7",
    "must be one of 0.1, 0.2",
  ]);
  expect(z.toJSONSchema(rates())).toMatchObject({
    properties: { ratio: { minimum: 0.1, maximum: 0.7 }, step: { enum: [0.1, 0.2] } },
  });
  const json = published.find(({ name }) => name === "json-schema/corpus.v1.json")?.content ?? "{}";
  expect(JSON.parse(json).$defs["corpus.v1.Rates"]).toMatchObject({
    properties: { ratio: { minimum: 0.1, maximum: 0.7 }, step: { enum: [0.1, 0.2] } },
  });
});

const many = {
  list: [0.1, 0.7, -0, 3.4028235e38],
  byName: { a: 0.1 },
  wrapped: 0.7,
  one: { $case: "member", value: 0.2 },
  exact: 0.10000000149011612,
  inner: { list: [0.1] },
  inners: [{ maybe: 0.7 }],
  maybe: Number.NaN,
};

test("decoding returns the shortest decimal of a float", () => {
  const message = schemas.ManySchema?.parse(many);
  const codec = codecs.Many as Codec<unknown>;
  expect(codec.decode(codec.encode(message).finish())).toEqual(message);
  expect(message).toMatchObject({ list: many.list, wrapped: 0.7, one: many.one, exact: many.exact });
});

test("items that are one float are not unique", () => {
  expect(schemas.ManySchema?.safeParse({ list: [0.1, Math.fround(0.1)] }).success).toBe(false);
});

test("doubles that are one float are unique, also after floats with equal rules", () => {
  expect(schemas.ManySchema?.safeParse({ exacts: [0.1, Math.fround(0.1)] }).success).toBe(true);
});

test("JSON has the shortest decimals, also within messages and Any", async () => {
  const registry = createFileRegistry(await compile(files));
  const desc = registry.getMessage("corpus.v1.Many");
  if (!desc) throw new Error("Many was not compiled");
  const read = (json: JsonValue) => fromBinary(desc, toBinary(desc, fromJson(desc, json, { registry })));
  const json = {
    list: [0.1, 0.7],
    byName: { a: 0.1, ["__proto__"]: 0.2 },
    wrapped: 0.7,
    member: "NaN",
    exact: 0.10000000149011612,
    inner: { list: [0.1] },
    inners: [{ maybe: 0.7 }],
    any: { "@type": "type.googleapis.com/corpus.v1.Many", maybe: 0.1 },
  };
  const whole = { any: { "@type": "type.googleapis.com/google.protobuf.FloatValue", value: 0.1 } };
  for (const one of [json, whole]) {
    expect(shortenFloats(desc, toJson(desc, read(one), { registry }), registry)).toEqual(one);
  }
});
