import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createFileRegistry } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import type { Problem } from "../problem.ts";
import { MeshOptions } from "./options.ts";
import { checkRateLimits, rateLimitOf } from "./rate-limit.ts";

async function read(limit: string) {
  const source = `syntax = "proto3";
package shop.v1;
import "mesh/v1/options.proto";
message Ask {}
service Shop {
  rpc Buy(Ask) returns (Ask) {
    option (mesh.v1.method) = {gateway: {${limit}}};
  }
}
`;
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": source }));
  const options = new MeshOptions(registry);
  const service = registry.getService("shop.v1.Shop");
  const problems: Problem[] = [];
  checkRateLimits(service ? [service.file] : [], options, problems);
  const [method] = service?.methods ?? [];
  return { limit: method && rateLimitOf(method, options), problems: problems.map(({ text }) => text) };
}

test("a rate limit has the windows of users and of addresses", async () => {
  const perUser = [
    { count: 3, seconds: 1 },
    { count: 20, seconds: 60 },
  ];
  const text = "per_user: [{count: 3 seconds: 1}, {count: 20 seconds: 60}] per_address: {count: 600 seconds: 86400}";
  const limit = { perUser, perAddress: [{ count: 600, seconds: 86_400 }] };
  expect(await read(`rate_limit: {${text}}`)).toEqual({ limit, problems: [] });
  expect(await read("")).toEqual({ limit: undefined, problems: [] });
});

test.each([
  ["set per_user or per_address, such as {count: 10 seconds: 60}", ""],
  ["per_user: count must be from 1 to 1000000, got 0", "per_user: {seconds: 60}"],
  ["per_user: count must be from 1 to 1000000, got 1000001", "per_user: {count: 1000001 seconds: 60}"],
  ["per_address: seconds must be from 1 to 86400, got 0", "per_address: {count: 1}"],
  ["per_address: seconds must be from 1 to 86400, got 86401", "per_address: {count: 1 seconds: 86401}"],
  ["per_user has two windows of 9 s: remove one", "per_user: [{count: 1 seconds: 9}, {count: 2 seconds: 9}]"],
  [
    "per_user: 5 calls in 1 s never apply, because 5 calls in 9 s are fewer: remove one",
    "per_user: [{count: 5 seconds: 9}, {count: 5 seconds: 1}]",
  ],
  [
    "per_user has 5 windows, at most 4 are possible",
    `per_user: [${[1, 2, 3, 4, 5].map((number) => `{count: ${number} seconds: ${number}}`).join()}]`,
  ],
])("a rate limit is wrong: %s", async (problem, limit) => {
  expect((await read(`rate_limit: {${limit}}`)).problems).toEqual([`rate_limit: ${problem}`]);
});

test("the example of docs/limits.md is right", async () => {
  const page = await readFile(join(import.meta.dirname, "../../../../docs/limits.md"), "utf8");
  const limit = /rate_limit: \{.*?\n {6}\}/s.exec(page)?.[0] ?? "";
  expect(await read(limit)).toMatchObject({ limit: { perUser: [{ count: 10 }, { count: 30 }] }, problems: [] });
});
