import { createFileRegistry } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import type { Problem } from "../problem.ts";
import { MeshOptions } from "./options.ts";
import { checkShare, shareOf } from "./share.ts";

async function read(option: string, { response = "stream Level", level = "NO_SIDE_EFFECTS" } = {}) {
  const source = `syntax = "proto3";
package shop.v1;
import "mesh/v1/options.proto";
message Ask { int32 after = 1; }
message Level { Item item = 1; repeated string tags = 2; int32 number = 3; }
message Item { string item_id = 1; }
service Shop {
  rpc Watch(Ask) returns (${response}) {
    option idempotency_level = ${level};
    option (mesh.v1.method) = {${option}};
  }
}
`;
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": source }));
  const options = new MeshOptions(registry);
  const service = registry.getService("shop.v1.Shop");
  const problems: Problem[] = [];
  checkShare(service ? [service.file] : [], options, problems);
  const [method] = service?.methods ?? [];
  return { share: method && shareOf(method, options), problems: problems.map(({ text }) => text) };
}

test("the key of a shared stream has its names in TypeScript", async () => {
  expect(await read('share: {key: "item.item_id"}')).toEqual({ share: { key: ["item", "itemId"] }, problems: [] });
  expect(await read("share: {}")).toEqual({ share: { key: [] }, problems: [] });
  expect(await read("")).toEqual({ share: undefined, problems: [] });
});

const rule = "Watch must stream its responses and be NO_SIDE_EFFECTS, because most calls of it are not made";

test.each([
  ['share: {key: "nope"}', {}, 'Level has no singular field "nope" that is a scalar'],
  ['share: {key: "item"}', {}, 'Level has no singular field "item" that is a scalar'],
  ['share: {key: "tags"}', {}, 'Level has no singular field "tags" that is a scalar'],
  ["share: {}", { response: "Level" }, rule],
  ["share: {}", { level: "IDEMPOTENT" }, rule],
  [
    'share: {} resume: {request: "after" response: "number"}',
    {},
    "Watch has resume, whose calls begin at different responses: remove one of both",
  ],
])("{%s} of %j is reported", async (option, kind, text) => {
  expect(await read(option, kind)).toEqual({ share: undefined, problems: [`share: ${text}`] });
});
