import { expect, test } from "vitest";
import { importedFiles } from "./check-imports.mjs";
import { cyclesIn } from "./import-cycles.mjs";

const graph = (entries) => new Map(Object.entries(entries));

test("files in layers have no cycle, even if they share imports", () => {
  expect(cyclesIn(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toEqual([]);
});

test("reports each cycle once, with all its files", () => {
  const imports = graph({ a: ["b"], b: ["c"], c: ["b", "e"], d: ["d"], e: [] });
  expect(cyclesIn(imports)).toEqual(["b → c → b", "d → d"]);
});

test("finds the files that a file imports, without packages, and for types only in src", () => {
  const text =
    'import { a } from "./a.ts";\nexport { b } from "../b.ts";\nimport { c } from "@mesh/rpc";\nimport type { D } from "./d.ts";\n';
  expect(importedFiles("shared/rpc/src/client/call.ts", text)).toEqual([
    "shared/rpc/src/client/a.ts",
    "shared/rpc/src/b.ts",
    "shared/rpc/src/client/d.ts",
  ]);
  expect(importedFiles("shared/rpc/fixtures/call.ts", text)).toEqual(["shared/rpc/fixtures/a.ts", "shared/rpc/b.ts"]);
});
