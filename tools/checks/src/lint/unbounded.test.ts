import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createFileRegistry } from "@bufbuild/protobuf";
import { positionOf } from "@mesh/codegen/position";
import { compile } from "@mesh/codegen/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isBoundedPattern } from "./bounded-pattern.ts";
import { unboundedFields } from "./unbounded.ts";

const rule = "(buf.validate.field)";

/** A service with a method that is exposed and one that is not; `fields` are what callers from outside send. */
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
  rpc Buy(Request) returns (Answer) { option (mesh.v1.method) = {gateway: {}}; }
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

/** `line:column: text` of every problem. */
async function problems(fields: string): Promise<string[]> {
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": shop(fields) }));
  const found = unboundedFields(registry, (file) => file.proto.name === "shop/v1/shop.proto");
  return found.map(({ desc, text }) => `${positionOf(desc).line}:${positionOf(desc).column}: ${text}`);
}

const says = (what: string, mend: string, name = "Request.value") =>
  `the ${what} in ${name} has no bound: say ${mend}, or // mesh:unbounded and why`;
const text = "string.max_len or max_bytes, such as 4096";

describe("a field without a bound", () => {
  test.each([
    ["string value = 1;", [says("text", text)]],
    [`string value = 1 [${rule}.string.min_len = 1];`, [says("text", text)]],
    [`string value = 1 [${rule}.string.email = true];`, [says("text", text)]],
    [`string value = 1 [${rule}.string.uuid = false];`, [says("text", text)]],
    [`string value = 1 [${rule}.string.max_len = 9, ${rule}.ignore = IGNORE_ALWAYS];`, [says("text", text)]],
    [`string value = 1 [${rule}.string.pattern = "^a+$"];`, [says("text", text)]],
    ["bytes value = 1;", [says("bytes", "bytes.max_len, such as 4096")]],
    ["google.protobuf.StringValue value = 1;", [says("text", text)]],
    ["repeated int32 value = 1;", [says("list", "repeated.max_items, such as 100")]],
    [
      `repeated string value = 1 [${rule}.repeated.max_items = 9];`,
      [says("text of each item", `repeated.items.${text}`)],
    ],
    [
      "map<string, bytes> value = 1;",
      [
        says("map", "map.max_pairs, such as 100"),
        says("text of each key", `map.keys.${text}`),
        says("bytes of each value", "map.values.bytes.max_len, such as 4096"),
      ],
    ],
    ["google.protobuf.Struct value = 1;", [says("JSON", "a message of your own, or accept it")]],
    ["google.protobuf.FieldMask value = 1;", [says("list of paths", "a message of your own, or accept it")]],
  ])("%s", async (field, expected) => {
    expect(await problems(`  ${field}`)).toEqual(expected.map((each) => `19:3: ${each}`));
  });

  test("is found in the messages of a request, once, and not elsewhere", async () => {
    expect(await problems("  Part part = 1;\n  oneof choice { Part other = 2; }")).toEqual([
      `17:31: ${says("text", text, "Part.text")}`,
    ]);
  });
});

test("what has a bound is not listed", async () => {
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

test("a comment accepts what has none, with its reason", async () => {
  expect(await problems("// What it is.\n// mesh:unbounded the service cuts it\nstring value = 1;")).toEqual([]);
  expect(await problems("// mesh:unbounded\nstring value = 1;")).toEqual([
    "20:1: mesh:unbounded on value gives no reason: write why",
  ]);
});

test.each([
  ["^a{2,60}$", true],
  ["^(?:a|b[*+])?\\+$", true],
  ["^a*$", false],
  ["^a{2,}$", false],
  ["a{2}", false],
  ["^a|b$", false],
])("%s bounds a text: %s", (pattern, expected) => {
  expect(isBoundedPattern(pattern)).toBe(expected);
});

describe("mesh-lint", () => {
  const lint = join(import.meta.dirname, "../../bin/mesh-lint.mjs");
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mesh-lint-test-"));
    const options = 'syntax = "proto3";\npackage shop.v1;\nimport "mesh/v1/options.proto";\n';
    const service =
      "service Shop { rpc Buy(Request) returns (Request) { option (mesh.v1.method) = {gateway: {}}; } }\n";
    const meshOptions = await readFile(join(import.meta.dirname, "../../../../proto/mesh/v1/options.proto"), "utf8");
    await write(
      "buf.yaml",
      "version: v2\nmodules:\n  - path: proto\n    excludes: [proto/.deps]\n  - path: proto/.deps\n",
    );
    await write("proto/mesh/v1/options.proto", meshOptions);
    await write("proto/shop/v1/shop.proto", `${options}${service}message Request { string id = 1; }\n`);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function write(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }

  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [lint, ...args], { cwd: folder }).then(
      ({ stdout }) => ({ code: 0, output: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, output: stderr }),
    );

  test("names file, line and column, and fails", async () => {
    const { code, output } = await run();
    expect(output).toBe(
      `proto/shop/v1/shop.proto:5:19: ${says("text", text, "Request.id")}\n1 field without a bound\n`,
    );
    expect(code).toBe(1);
  });

  test("explains itself, and refuses what it does not know", async () => {
    expect((await run("--help")).output).toContain("npm run contracts:lint");
    expect(await run("--fix")).toEqual({ code: 2, output: "Unknown option '--fix': see --help\n" });
  });
});
