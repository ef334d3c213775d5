import { rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { type ContractRepository, createRepository } from "../../fixtures/contract-repository.ts";
import { runBin } from "../../fixtures/run-bin.ts";

const path = "proto/shop/v1/shop.proto";
const contract = (fields: string) => `syntax = "proto3";
package shop.v1;
message Ask {
  string id = 1;
  ${fields}
}
`;
const whole = contract("string more = 2;");
const broken = contract("");

/** A repository with a commit on main whose contract has `more`. */
async function repositoryOf(): Promise<ContractRepository> {
  const repository = await createRepository();
  await repository.write({ [path]: whole });
  await repository.commit("Ask for more");
  return repository;
}

let repository: ContractRepository;
beforeEach(async () => {
  repository = await repositoryOf();
  return () => repository[Symbol.asyncDispose]();
});

test("a first commit has no older contracts", async () => {
  expect(await repository.breaking()).toMatchObject({ code: 0, stdout: expect.stringContaining("first commit") });
});

test("reports in one line that nothing changed", async () => {
  await repository.commit("Nothing");
  const { code, stdout } = await repository.breaking();
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^no contract changed since [0-9a-f]{9}, the commit before\n$/),
  });
});

test("compares uncommitted changes with the last commit, also from a subfolder", async () => {
  await repository.write({ [path]: broken });
  const { code, stdout } = await runBin("mesh-breaking", join(repository.folder, "proto"));
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^proto\/shop\/v1\/shop\.proto:5:3: field "2" with name "more".* was deleted \(declared here in/,
  );
  expect(stdout).toMatch(/\n1 breaking change since [0-9a-f]{9}, the last commit\n$/);
});

test("compares a commit on the default branch with the one before, so that CI there is useful", async () => {
  await repository.write({ [path]: broken });
  await repository.commit("Ask for less");
  const { code, stdout } = await repository.breaking();
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(", the commit before\n") });
});

test("compares a branch with the commit where it left the default branch, whatever happened there since", async () => {
  await repository.git("checkout", "--quiet", "-b", "less");
  await repository.write({ [path]: broken });
  await repository.commit("Ask for less");
  await repository.commit("And nothing else");
  await repository.git("checkout", "--quiet", "main");
  await repository.write({ [path]: contract("string more = 2; string most = 3;") });
  await repository.commit("Ask for the most");
  await repository.git("checkout", "--quiet", "less");
  const { code, stdout } = await repository.breaking();
  expect(code).toBe(1);
  expect(stdout).not.toContain("most");
  expect(stdout).toContain(", where this branch left main\n");
});

test("compares with a given commit, branch or tag", async () => {
  await repository.git("tag", "v1");
  await repository.write({ [path]: broken });
  await repository.commit("Ask for less");
  await repository.commit("And nothing else");
  expect(await repository.breaking()).toMatchObject({ code: 0 });
  const { code, stdout } = await repository.breaking("--against", "v1", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    {
      file: path,
      line: 5,
      column: 3,
      isOld: true,
      affected: [],
      acceptedBy: null,
      what: expect.stringContaining("more"),
    },
  ]);
});

test("a removed file is a breaking change", async () => {
  await repository.write({ [path]: undefined });
  const { code, stdout } = await repository.breaking();
  expect(code).toBe(1);
  expect(stdout).toContain(`${path}:1:1: file "shop/v1/shop.proto" was deleted (declared here in `);
});

test("a breaking change that a commit announces is listed as accepted", async () => {
  await repository.git("checkout", "--quiet", "-b", "less");
  await repository.write({ [path]: broken });
  await repository.commit("Ask for less\n\nNo caller needs more.\n\nBREAKING CHANGE: more is gone");
  const { code, stdout } = await repository.breaking();
  expect(code).toBe(0);
  expect(stdout).toMatch(/breaks code that imports it: accepted by [0-9a-f]+ "Ask for less"\n/);
  expect(stdout).toMatch(/\nno other breaking changes since .*; 1 accepted\n$/);
});

test("a commit accepts only changes of the contracts that it changed", async () => {
  await repository.git("checkout", "--quiet", "-b", "less");
  await repository.write({ "README.md": "Less." });
  await repository.commit("Say so\n\nBREAKING CHANGE: of the README");
  await repository.write({ [path]: broken });
  await repository.commit("Ask for less");
  expect(await repository.breaking()).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("1 breaking change since"),
  });
});

test("an unknown ref is an error", async () => {
  expect(await repository.breaking("--against", "nope")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: "--against nope: no such commit, branch or tag: see `git branch --all` and `git tag`\n",
  });
});

test("a shallow clone is an error that explains how to fetch the rest", async () => {
  await repository.commit("Nothing");
  const clone = join(repository.folder, "clone");
  await repository.git("clone", "--quiet", "--depth", "1", `file://${repository.folder}`, clone);
  for (const args of [[], ["--against", "HEAD~1"]]) {
    const { code, stderr } = await runBin("mesh-breaking", clone, args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/shallow.*`git fetch --unshallow`.*`fetch-depth: 0`/);
  }
});

test("contracts that do not compile, in either version, are an error", async () => {
  await repository.write({ [path]: whole.replace("string more", "strin more") });
  expect(await repository.breaking()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      "the contracts of the working tree do not compile:\nproto/shop/v1/shop.proto:5:3: ",
    ),
  });
  await repository.commit("Do not compile");
  await repository.write({ [path]: whole });
  expect(await repository.breaking()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^the contracts of [0-9a-f]{9}, the last commit do not compile:\n/),
  });
});

test("reports a missing repository or missing contracts", async () => {
  const nowhere = await runBin("mesh-breaking", "/");
  expect(nowhere).toMatchObject({
    code: 2,
    stderr: "found no buf.yaml here or above: run this in the repository\n",
  });
  await rm(join(repository.folder, ".git"), { recursive: true });
  const { code, stderr } = await repository.breaking();
  expect(code).toBe(2);
  expect(stderr).toMatch(/^the old contracts can't be read: not a git repository.*: run this in a clone/);
});

test("prints its help, and rejects unknown flags", async () => {
  const helped = await repository.breaking("--help");
  expect(helped).toMatchObject({ code: 0, stdout: expect.stringContaining("--against <ref>") });
  for (const args of [["--agains", "main"], ["main"], ["--against"]]) {
    expect(await repository.breaking(...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("see --help"),
    });
  }
});
