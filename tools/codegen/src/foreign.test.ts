import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pluginRequest } from "../testing/compile.ts";
import { fileProtos } from "../testing/foreign/files.ts";
import { nameProtos } from "../testing/foreign/names.ts";
import { sizeProtos } from "../testing/foreign/sizes.ts";
import { textProtos } from "../testing/foreign/texts.ts";
import { wellKnownProtos } from "../testing/foreign/well-known.ts";
import { generateFiles } from "../testing/generated.ts";
import { tryTree } from "../testing/tree/try-tree.ts";
import { ownSubpaths } from "./names.ts";

const repository = join(import.meta.dirname, "../../..");

test.each([
  ["names", nameProtos],
  ["files", fileProtos],
  ["sizes", sizeProtos],
  ["texts", textProtos],
  ["well-known types", wellKnownProtos],
])(
  "unusual %s generate, compile, load and survive a round trip, and nothing in them runs",
  { timeout: 600_000 },
  async (_, protos) => {
    const { problems, messages } = await tryTree(await pluginRequest(protos), repository);
    expect(problems.slice(0, 10)).toEqual([]);
    expect(messages).toBeGreaterThan(0);
    // Code in the texts would set this.
    expect(globalThis).not.toHaveProperty("injected");
  },
);

async function barrel(protos: Readonly<Record<string, string>>, folder: string): Promise<string> {
  const files = await generateFiles(protos);
  return files.find(({ name }) => name === `${folder}/index.d.ts`)?.content ?? "";
}

const head = 'syntax = "proto3";\npackage p.v1;\n';

test("a declared name wins over a name derived from another declaration", async () => {
  const content = await barrel({ "p/v1/p.proto": `${head}message Table {}\nmessage TableSchema {}` }, "p/v1");
  expect(content).toContain('export { type Table, type TableSchema } from "./p.pb.ts"');
  expect(content).toMatch(/TableSchema as TableSchema\$, TableSchemaSchema/);
});

test("adding a message renames no other", async () => {
  const before = await barrel({ "p/v1/p.proto": `${head}message A_B {}\nmessage Date {}\nmessage Map {}` }, "p/v1");
  const added = "message A { message B {} }\nmessage AB {}\nmessage DateMessage {}\nenum MapMessage { ZERO = 0; }";
  const after = await barrel(
    { "p/v1/p.proto": `${head}message A_B {}\nmessage Date {}\nmessage Map {}\n${added}` },
    "p/v1",
  );
  for (const name of ["A__B", "DateMessage", "MapMessage"]) {
    expect(before).toMatch(new RegExp(`type ${name}\\b`));
    expect(after).toMatch(new RegExp(`type ${name}\\b`));
  }
  for (const name of ["A_B", "AB", "DateMessageMessage", "MapMessageEnum"]) {
    expect(before).not.toMatch(new RegExp(`\\b${name}\\b`));
    expect(after).toMatch(new RegExp(`\\b${name}\\b`));
  }
});

test("types without a package are in no-package, and a package named like our subpath gets a suffix", async () => {
  expect(await barrel(fileProtos, "no-package")).toContain("type Unnamed");
  expect(await barrel(fileProtos, "schema-package")).toContain("type Schema");
});

test("no client has a method then, so none is mistaken for a promise", async () => {
  const service =
    "message M {}\nservice S { rpc Then(M) returns (M); rpc then(M) returns (M); rpc Call(M) returns (M); }";
  const files = await generateFiles({ "p/v1/p.proto": head + service });
  const module = files.find(({ name }) => name === "p/v1/p.services.js")?.content ?? "";
  expect([...module.matchAll(/^ {2}(\S+): \{$/gm)].map(([, name]) => name)).toEqual(["then$", "then$$2", "call"]);
});

test("our own subpaths are those in the exports of the package", () => {
  const { exports } = JSON.parse(readFileSync(join(repository, "shared/contracts/package.json"), "utf8"));
  const offered = Object.keys(exports).flatMap((path) => (/^\.\/\w+$/.test(path) ? path.slice(2) : []));
  expect([...ownSubpaths].sort()).toEqual(offered.sort());
});

test("a file with a name that TypeScript can't import is reported", async () => {
  const request = generateFiles({ "p/it's.proto": `${head}message A {}` });
  await expect(request).rejects.toThrow("/p/it's.proto:1:1:a file's name can't contain \"'\"");
});
