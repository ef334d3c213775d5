import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
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

const wrong = {
  "p/rules.proto": `syntax = "proto3";
package p;
import "buf/validate/validate.proto";
message M {
  string value = 1 [(buf.validate.field).int32.gt = 1];
}
`,
  "p/old.proto": `syntax = "proto2";
package p;
message Old {
  option message_set_wire_format = true;
  extensions 4 to max;
}
`,
};

test.each([
  ["p/rules.proto", "proto/p/rules.proto:5:21:value is not of type int32, but has rules for it"],
  ["p/old.proto", "proto/p/old.proto:4:3:message_set_wire_format on Old is not supported"],
])("a problem in %s is reported with its position, as a generation reports it", async (only, expected) => {
  await write(wrong);
  const { problems } = await tryTree(await readTree({ folders: [folder], only: [only] }), repository);
  expect(problems).toEqual([expect.stringContaining(expected)]);
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
