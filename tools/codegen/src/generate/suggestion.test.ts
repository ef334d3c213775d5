import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runBuf } from "./buf.ts";
import { dependencies } from "./dependencies.ts";

const cases: readonly (readonly [source: string, expected: string])[] = [
  ["rpc({ gatway: {} })", "mesh.v1.Method has no field gatway: did you mean gateway?"],
  ["rpc({ gateway: { scope: 'a' } })", "mesh.v1.Gateway has no field scope: did you mean scopes?"],
  ["rpc({ nothing: 1 })", "mesh.v1.Method has no field nothing: use one of gateway, deadline_ms, errors"],
  ["rpc({ deadline_ms: '5' })", "deadline_ms must be a value of type uint32, got '5'"],
  ["rpc({ gateway: true })", "gateway must be a Gateway, in braces if it is a message: { … }, got true"],
  ["method(option (mesh.v1.metod) = {};)", "cannot find mesh.v1.metod: did you mean mesh.v1.method?"],
  ["method(option (mesh.v1.method).gatway = {};)", "mesh.v1.Method has no field gatway: did you mean gateway?"],
  ["method(option (google.api.http) = { gett: '/v1' };)", "google.api.HttpRule has no field gett: did you mean get?"],
  ["method(option idempotency_level = NO_SIDE_EFECTS;)", "cannot find NO_SIDE_EFECTS: did you mean NO_SIDE_EFFECTS?"],
  ["string(.string.min_length = 1)", "buf.validate.StringRules has no field min_length: did you mean min_len?"],
  ["string(.string = { min_lenn: 1 })", "buf.validate.StringRules has no field min_lenn: did you mean min_len?"],
  ["string(.strng.min_len = 1)", "buf.validate.FieldRules has no field strng: did you mean string?"],
  ["string(.string.min_len = 'x')", "min_len must be a value of type uint64, got 'x'"],
  ["string(.string = { max_len: 5 min_len: true })", "min_len must be a value of type uint64, got true"],
  ["string(.int32.gte = 1.5)", "gte must be a value of type int32, got 1.5"],
  ["string(.required = 'yes')", "required must be a value of type bool, got 'yes'"],
  ["error({ code: NOT_FOUND })", "cannot find NOT_FOUND: did you mean CODE_NOT_FOUND?"],
  ["error({ code: CODE_NOTFOUND })", "cannot find CODE_NOTFOUND: did you mean CODE_NOT_FOUND?"],
  ["error({ cod: CODE_NOT_FOUND })", "mesh.v1.Error has no field cod: did you mean code?"],
  ["event({ subjet: 'a' })", "mesh.v1.Event has no field subjet: did you mean subject?"],
  ["field(Mesage)", "cannot find Mesage: did you mean Message?"],
];

/** Writes the declaration of a case: `rpc({ … })` is a method with the option mesh.v1.method. */
function declaration(source: string, index: number): string {
  const [, kind = "", inner = ""] = /^(\w+)\((.*)\)$/s.exec(source) ?? [];
  const forms: Readonly<Record<string, string>> = {
    rpc: `service S${index} { rpc A(Message) returns (Message) { option (mesh.v1.method) = ${inner}; } }`,
    method: `service S${index} { rpc A(Message) returns (Message) { ${inner} } }`,
    string: `message M${index} { string a = 1 [(buf.validate.field)${inner}]; }`,
    error: `enum E${index} { E${index}_A = 0; E${index}_B = 1 [(mesh.v1.error) = ${inner}]; }`,
    event: `message M${index} { option (mesh.v1.event) = ${inner}; }`,
    field: `message M${index} { ${inner} a = 1; }`,
  };
  return forms[kind] ?? "";
}

const head = [
  'syntax = "proto3"; package p.v1; message Message {}',
  'import "mesh/v1/options.proto"; import "google/api/annotations.proto"; import "buf/validate/validate.proto";',
];
let folder: string;
let lines: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mesh-suggestion-"));
  const options = await readFile(join(import.meta.dirname, "../../../../proto/mesh/v1/options.proto"), "utf8");
  const declared = cases.map(([source], index) => declaration(source, index));
  const files = {
    ...(await dependencies()),
    "mesh/v1/options.proto": options,
    "p.proto": [...head, ...declared].join("\n"),
  };
  for (const [name, source] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), source);
  }
  lines = ((await runBuf(folder, ["build", "--output", join(folder, "image.binpb")])) ?? "").split("\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(cases.map(([source, expected], index) => [source, expected, index + head.length + 1] as const))(
  "%s: %s",
  (_, expected, line) => {
    expect(lines.filter((one) => one.startsWith(`p.proto:${line}:`))).toEqual([
      expect.stringMatching(new RegExp(`^p\\.proto:${line}:\\d+: `)),
    ]);
    expect(lines.find((one) => one.startsWith(`p.proto:${line}:`))).toContain(expected);
  },
);
