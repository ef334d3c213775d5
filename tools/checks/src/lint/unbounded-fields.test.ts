import { createFileRegistry } from "@bufbuild/protobuf";
import { positionOf } from "@mesh/codegen/position";
import { compile } from "@mesh/codegen/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ContractRepository, createRepository } from "../../fixtures/contract-repository.ts";
import { runBin } from "../../fixtures/run-bin.ts";
import { isBoundedPattern } from "./bounded-pattern.ts";
import { unboundedFields } from "./unbounded-fields.ts";

const rule = "(buf.validate.field)";

/** A service with an exposed and an internal method. External callers send `fields`. */
const shop = (fields: string) => `syntax = "proto3";
package shop.v1;
import "buf/validate/validate.proto";
import "google/protobuf/any.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "mesh/v1/options.proto";
service Shop {
  rpc Buy(Request) returns (Answer) { option (mesh.v1.method) = {gateway: {public: true}}; }
  rpc Stock(Inner) returns (Answer);
}
message Inner { string id = 1; }
message Answer { repeated string all = 1; }
enum Color { COLOR_UNSPECIFIED = 0; }
message Part { Part part = 1; string text = 2; }
message Request {
${fields}
}
`;

/** Lists the problems as `line:column: text`. */
async function problems(fields: string): Promise<string[]> {
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": shop(fields) }));
  const found = unboundedFields(registry, (file) => file.proto.name === "shop/v1/shop.proto");
  return found.map(({ desc, text }) => `${positionOf(desc).line}:${positionOf(desc).column}: ${text}`);
}

/** The expected message. @param rule undefined if no rule can bound the field */
const says = (what: string, rule?: string, name = "Request.value") =>
  `the ${what} in ${name} has no bound: ${rule ? `set ${rule}` : "use a message of your own"}, or comment // mesh:unbounded <reason>`;
const length = "string.max_len or max_bytes, such as 4096";

describe("a field without a bound", () => {
  test.each([
    ["string value = 1;", [says("string", length)]],
    [`string value = 1 [${rule}.string.min_len = 1];`, [says("string", length)]],
    [`string value = 1 [${rule}.string.email = true];`, [says("string", length)]],
    [`string value = 1 [${rule}.string.uuid = false];`, [says("string", length)]],
    [`string value = 1 [${rule}.string.max_len = 9, ${rule}.ignore = IGNORE_ALWAYS];`, [says("string", length)]],
    [`string value = 1 [${rule}.string.pattern = "^a+$"];`, [says("string", length)]],
    ["bytes value = 1;", [says("bytes", "bytes.max_len, such as 4096")]],
    ["google.protobuf.StringValue value = 1;", [says("string", length)]],
    ["repeated int32 value = 1;", [says("list", "repeated.max_items, such as 100")]],
    [
      `repeated string value = 1 [${rule}.repeated.max_items = 9];`,
      [says("string of each item", `repeated.items.${length}`)],
    ],
    [
      "map<string, bytes> value = 1;",
      [
        says("map", "map.max_pairs, such as 100"),
        says("string of each key", `map.keys.${length}`),
        says("bytes of each value", "map.values.bytes.max_len, such as 4096"),
      ],
    ],
    ["google.protobuf.Struct value = 1;", [says("JSON")]],
    ["google.protobuf.FieldMask value = 1;", [says("list of paths")]],
  ])("%s", async (field, expected) => {
    expect(await problems(`  ${field}`)).toEqual(expected.map((each) => `19:3: ${each}`));
  });

  test("is found once in the nested messages of a request, and not elsewhere", async () => {
    expect(await problems("  Part part = 1;\n  oneof choice { Part other = 2; }")).toEqual([
      `17:31: ${says("string", length, "Part.text")}`,
    ]);
  });
});

test("a field with a bound is not listed", async () => {
  const bounded = ["const = 'a'", "in: ['a']", "len = 2", "max_bytes = 2", "uuid = true", "pattern = '^[a-z]{2,60}$'"];
  const fields = bounded.map((one, at) => {
    const option = one.includes(":") ? `.string = {${one}}` : `.string.${one}`;
    return `string s${at} = ${at + 1} [${rule}${option}];`;
  });
  const more = [
    `repeated Color colors = 20 [${rule}.repeated.max_items = 5];`,
    `map<int32, bool> flags = 21 [${rule}.map.max_pairs = 5];`,
    `bytes ip = 22 [${rule}.bytes.ip = true];`,
    "google.protobuf.Timestamp at = 23; Color color = 24; double number = 25;",
  ];
  expect(await problems([...fields, ...more].join("\n"))).toEqual([]);
});

test("a comment with a reason accepts a field without a bound", async () => {
  expect(await problems("// What it is.\n// mesh:unbounded the service cuts it\nstring value = 1;")).toEqual([]);
  expect(await problems("// mesh:unbounded\nstring value = 1;")).toEqual([
    "20:1: mesh:unbounded on value has no reason: add one",
  ]);
});

test.each([
  ["^a{2,60}$", true],
  ["^(?:a|b[*+])?\\+$", true],
  ["^a*$", false],
  ["^a{2,}$", false],
  ["a{2}", false],
  ["^a|b$", false],
])("%s bounds a string: %s", (pattern, expected) => {
  expect(isBoundedPattern(pattern)).toBe(expected);
});

describe("mesh-lint", () => {
  let repository: ContractRepository;

  beforeAll(async () => {
    repository = await createRepository();
    const head = 'syntax = "proto3";\npackage shop.v1;\nimport "mesh/v1/options.proto";\n';
    const service =
      "service Shop { rpc Buy(Request) returns (Request) { option (mesh.v1.method) = {gateway: {public: true}}; } }\n";
    const contract = `${head}${service}message Request { string id = 1; }\n`;
    await repository.write({ "proto/shop/v1/shop.proto": contract });
  });
  afterAll(() => repository[Symbol.asyncDispose]());

  const run = (...args: string[]) => runBin("mesh-lint", repository.folder, args);

  test("prints the file, line and column, and fails", async () => {
    const { code, stderr } = await run();
    expect(stderr).toBe(`proto/shop/v1/shop.proto:5:19: ${says("string", length, "Request.id")}\n1 problem\n`);
    expect(code).toBe(1);
  });

  test("prints its help, and rejects unknown flags", async () => {
    expect((await run("--help")).stdout).toContain("npm run contracts:lint");
    expect(await run("--fix")).toMatchObject({ code: 2, stderr: "Unknown option '--fix': see --help\n" });
  });
});
