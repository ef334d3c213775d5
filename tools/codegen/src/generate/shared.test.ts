import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import type { Job } from "./job.ts";
import { SharedParts } from "./shared.ts";

/** Returns a job for some of the files of contracts. */
async function jobFor(files: Readonly<Record<string, string>>, names: readonly string[]): Promise<Job> {
  const { file } = await compile(files);
  const descriptors = file.map((proto) => toBinary(FileDescriptorProtoSchema, proto));
  return { part: "files", options: { types: "", mesh: "" }, names, descriptors, output: "out", draft: "draft" };
}

const base = 'syntax = "proto3"; message Base {}';
const user = 'syntax = "proto3"; import "base.proto"; message User { Base base = 1; }';

test("a file that two jobs import is read once, unless it changed", async () => {
  const shared = new SharedParts();
  const read = async (text: string) => {
    const files = shared.read(await jobFor({ "base.proto": text, "user.proto": user }, ["user.proto"]));
    return new Map(files.map((file) => [file.name, file]));
  };
  const [first, second, third] = [await read(base), await read(base), await read(`${base} enum E { A = 0; }`)];
  expect(first.get("base.proto")).toBeDefined();
  expect(second.get("base.proto")).toBe(first.get("base.proto"));
  expect(second.get("user.proto")).not.toBe(first.get("user.proto"));
  expect(third.get("base.proto")?.enumType).toHaveLength(1);
});

test("the jobs of one tree share verdicts", async () => {
  const shared = new SharedParts();
  const job = await jobFor({ "base.proto": base }, ["base.proto"]);
  expect(shared.verdictsOf(job)).toBe(shared.verdictsOf({ output: "out" }));
  expect(shared.verdictsOf(job)).not.toBe(shared.verdictsOf({ ...job, output: "other" }));
});
