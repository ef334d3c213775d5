import { create } from "@bufbuild/protobuf";
import { CodeGeneratorRequestSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { partsOf } from "./parts.ts";

test("each part of a tree has the files that it imports, and no others", () => {
  const own = Array.from({ length: 600 }, (_, index) => `p/${1000 + index}.proto`);
  const protoFile = [
    { name: "deep.proto" },
    { name: "base.proto", dependency: ["deep.proto"] },
    { name: "unused.proto" },
    ...own.map((name) => ({ name, dependency: name === "p/1000.proto" ? ["base.proto"] : [] })),
  ];
  const parts = partsOf(create(CodeGeneratorRequestSchema, { fileToGenerate: own.toReversed(), protoFile }));
  expect(parts.map(({ fileToGenerate }) => fileToGenerate.length)).toEqual([250, 250, 100]);
  expect(parts.flatMap(({ fileToGenerate }) => fileToGenerate)).toEqual(own);
  const imports = parts.map((part) => part.protoFile.slice(0, -part.fileToGenerate.length).map(({ name }) => name));
  expect(imports).toEqual([["deep.proto", "base.proto"], [], []]);
});
