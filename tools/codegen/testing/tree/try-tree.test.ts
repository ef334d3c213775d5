import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generate } from "../../src/generate/generate.ts";
import { readTree } from "./read-tree.ts";
import { tryTree } from "./try-tree.ts";

const repository = join(import.meta.dirname, "../../../..");

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mesh-tree-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, source] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), source);
  }
}

const broken = {
  "p/rules.proto": `syntax = "proto3";
package p;
import "buf/validate/validate.proto";
message M {
  string value = 1 [(buf.validate.field).int32.gt = 1];
  string text = 2 [(buf.validate.field).cel = {id: "a" message: "b" expression: "this >"}];
}
`,
  "p/old.proto": `syntax = "proto2";
package p;
message Old {
  option message_set_wire_format = true;
  extensions 4 to max;
  message Inner { option message_set_wire_format = true; extensions 4 to max; }
}
`,
  "p/catalogue.proto": `syntax = "proto3";
package p;
import "google/api/annotations.proto";
import "mesh/v1/options.proto";
message Sold {
  option (mesh.v1.event) = {subject: "p.sold" key: "nope"};
  string id = 1;
}
service Shop {
  rpc Sell(Sold) returns (Sold) {
    option (google.api.http) = {post: "/v1/{nope}"};
    option (mesh.v1.method) = {gateway: {public: true}};
  }
}
`,
  "p/buf.proto": `syntax = "proto3";
package p;
message Wrong {
  Nothing nothing = 1;
}
`,
};

const { "p/buf.proto": unreadable, ...readable } = broken;

/** Returns the errors of \`try-tree\`. */
async function tried(only: readonly string[]): Promise<readonly string[]> {
  try {
    const { problems } = await tryTree(await readTree({ folders: [join(folder, "proto")], only }), repository);
    return problems;
  } catch (error) {
    // Buf's errors have the folder as it was given.
    return String((error as Error).message.replaceAll(join(folder, "proto"), "proto")).split("\n");
  }
}

/** Returns the errors of a generation from the same contracts. */
async function generated(): Promise<readonly string[]> {
  for (const name of ["buf.yaml", "buf.gen.yaml", "proto/mesh"])
    await cp(join(repository, name), join(folder, name), { recursive: true });
  for (const name of ["shared", "tools"]) await symlink(join(repository, name), join(folder, name), "junction");
  const { errors } = await generate({ root: folder, output: join(folder, "out") });
  return errors?.split("\n") ?? [];
}

test.each<[title: string, files: Record<string, string>, positions: readonly string[]]>([
  ["a wrong rule", { "p/rules.proto": broken["p/rules.proto"] }, ["p/rules.proto:5:21", "p/rules.proto:6:20"]],
  ["a message set", { "p/old.proto": broken["p/old.proto"] }, ["p/old.proto:4:3", "p/old.proto:6:19"]],
  [
    "an event and a route",
    { "p/catalogue.proto": broken["p/catalogue.proto"] },
    ["p/catalogue.proto:6:", "p/catalogue.proto:11:"],
  ],
  ["all of these", readable, Object.keys(readable).map((name) => `${name}:`)],
  ["an unknown name", { "p/buf.proto": unreadable }, ["p/buf.proto:4:3: "]],
])("%s is reported with its position, as a generation reports it", async (_, files, positions) => {
  await write(Object.fromEntries(Object.entries(files).map(([name, source]) => [`proto/${name}`, source])));
  const errors = await generated();
  for (const position of positions) expect(errors).toContainEqual(expect.stringContaining(`proto/${position}`));
  expect(await tried(["p/"])).toEqual(errors);
});

test("errors in files that are neither asked for nor imported do not count", async () => {
  await write({
    "a/a.proto": 'syntax = "proto3";\npackage a;\nimport "c/c.proto";\nmessage A { c.C c = 1; }\n',
    "b/b.proto": 'syntax = "proto3";\npackage b;\nimport "nope.proto";\nmessage B { Nope nope = 1; }\n',
    "c/c.proto": 'syntax = "proto3";\npackage c;\nmessage C {}\n',
  });
  const { fileToGenerate, protoFile } = await readTree({ folders: [folder], only: ["a/"] });
  expect(fileToGenerate).toEqual(["a/a.proto"]);
  expect(protoFile.map(({ name }) => name)).toEqual(["c/c.proto", "a/a.proto"]);
  await expect(readTree({ folders: [folder], only: [] })).rejects.toThrow(
    "/b/b.proto:3:1: imported file does not exist",
  );
  await expect(readTree({ folders: [folder], only: ["no/"] })).rejects.toThrow("found no .proto to generate");
});
