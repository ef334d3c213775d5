import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runBuf } from "./buf.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mesh-buf-test-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function complaints(files: Readonly<Record<string, string>>): Promise<string | undefined> {
  for (const [name, source] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), `syntax = "proto3";\n${source}\n`);
  }
  return runBuf(root, ["build", "--output", join(root, "image.binpb")]);
}

test.each([
  ['import "nope.proto";', "2:1: imported file does not exist: correct the path"],
  ["message A { Nope a = 1; }", "2:13: cannot find `Nope` in this scope: correct the name"],
  ["message A {}\nmessage A {}", "2:9: `A` declared multiple times: rename one"],
  ["message A { int32 x = 1; int32 y = 1; }", "2:36: field number `1` used more than once: give this field"],
  ["message A { int32 a_b = 1; int32 aB = 2; }", "2:34: message fields have the same JSON name: rename one"],
  ["message A { int32 x = ; }", "2:23: unexpected `;` in definition: correct the syntax"],
  ['import "odd name.proto";', "2:1: detected cyclic import while importing"],
])("%s is reported with file, line, problem and fix", async (source, expected) => {
  expect(await complaints({ "odd name.proto": source })).toContain(`odd name.proto:${expected}`);
});
