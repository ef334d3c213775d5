import { createFileRegistry } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import type { Problem } from "../problem.ts";
import { cacheOf, checkCaches } from "./cache.ts";
import { MeshOptions } from "./options.ts";

const prices = `syntax = "proto3";
package prices.v1;
import "mesh/v1/options.proto";
message PriceChanged {
  option (mesh.v1.event) = {subject: "prices.v1.price_changed" key: "id"};
  string id = 1;
}
`;

async function read(rpc: string) {
  const source = `syntax = "proto3";
package shop.v1;
import "mesh/v1/options.proto";
import "prices/v1/prices.proto";
message Ask { string id = 1; }
message Answer { prices.v1.PriceChanged last = 1; }
message ThingChanged {
  option (mesh.v1.event) = {subject: "shop.v1.thing_changed" key: "id"};
  string id = 1;
}
service Shop { ${rpc} }
`;
  const registry = createFileRegistry(
    await compile({ "shop/v1/shop.proto": source, "prices/v1/prices.proto": prices }),
  );
  const options = new MeshOptions(registry);
  const files = [...registry.files];
  const problems: Problem[] = [];
  checkCaches(files, options, problems);
  const method = registry.getService("shop.v1.Shop")?.methods[0];
  const cache = method && cacheOf(method, files, options);
  return {
    cache: cache && { ...cache, invalidatedBy: cache.invalidatedBy.map(({ typeName }) => typeName) },
    problems: problems.map(({ text }) => text),
  };
}

const query = (cache: string, { level = "NO_SIDE_EFFECTS", answer = "Answer", gateway = "gateway: {}" } = {}) =>
  `rpc Get(Ask) returns (${answer}) {
    option idempotency_level = ${level};
    option (mesh.v1.method) = {${gateway} cache: {${cache}}};
  }`;

test("events are named within the package, or in full if their file is imported", async () => {
  const names =
    'ttl_ms: 500 per_user: true invalidated_by: ["ThingChanged", "shop.v1.ThingChanged", "prices.v1.PriceChanged"]';
  expect(await read(query(names))).toEqual({
    cache: {
      ttlMs: 500,
      perUser: true,
      invalidatedBy: ["shop.v1.ThingChanged", "shop.v1.ThingChanged", "prices.v1.PriceChanged"],
    },
    problems: [],
  });
  expect((await read("rpc Get(Ask) returns (Answer);")).cache).toBeUndefined();
});

test("other names are an error, with the events that there are", async () => {
  const { problems } = await read(query('ttl_ms: 500 invalidated_by: ["Ask", "PriceChanged"]'));
  const advice = "use ThingChanged, or import its file and write its full name, such as orders.v1.OrderPlaced";
  expect(problems).toEqual([
    `cache: "Ask" names no event: ${advice}`,
    `cache: "PriceChanged" names no event: ${advice}`,
  ]);
});

test("only exposed unary queries have a cache", async () => {
  const rule = "cache: Get must be unary and NO_SIDE_EFFECTS, because calls of it do not reach the service";
  expect((await read(query("ttl_ms: 1", { level: "IDEMPOTENT" }))).problems).toEqual([rule]);
  expect((await read(query("ttl_ms: 1", { answer: "stream Answer" }))).problems).toEqual([rule]);
  expect((await read(query("ttl_ms: 1", { gateway: "" }))).problems).toEqual([
    "cache: Get has no option gateway, which keeps the responses: add it, or remove cache",
  ]);
});

test.each([0, 86_400_001])("a time of %d ms is an error", async (ttlMs) => {
  expect((await read(query(`ttl_ms: ${ttlMs}`))).problems).toEqual([
    `cache: ttl_ms must be from 1 to 86400000, got ${ttlMs}`,
  ]);
});
