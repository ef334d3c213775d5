import { createFileRegistry } from "@bufbuild/protobuf";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import { positionOfOption } from "@mesh/codegen/position";
import { compile } from "@mesh/codegen/testing";
import { expect, test } from "vitest";
import { ungrantedScopes } from "./ungranted-scopes.ts";

const shop = `syntax = "proto3";
package shop.v1;
import "mesh/v1/options.proto";
option (mesh.v1.package) = {roles: [{name: "customer" scopes: "shop:read"}, {name: "clerk" scopes: "shop:read shop:sell"}]};
service Shop {
  rpc Look(Ask) returns (Answer) { option (mesh.v1.method) = {gateway: {scopes: "shop:read"}}; }
  rpc Sell(Ask) returns (Answer) { option (mesh.v1.method) = {gateway: {scopes: "shop:read shop:sel"}}; }
  // mesh:granted-elsewhere the provider of the warehouse grants it
  rpc Count(Ask) returns (Answer) { option (mesh.v1.method) = {gateway: {scopes: "shop:count"}}; }
  rpc Open(Ask) returns (Answer) { option (mesh.v1.method) = {gateway: {public: true}}; }
  rpc Find(Ask) returns (Answer) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {owner: {response: "id" unless: "shop:find_any"}};
  }
}
message Ask { string id = 1; }
message Answer { string id = 1; }
message Sold {
  option (mesh.v1.event) = {subject: "shop.v1.sold" key: "id" feed: {scopes: "shop:watch" owner: "id" unless: "shop:watch_any"}};
  string id = 1;
}
// mesh:granted-elsewhere the provider of the warehouse grants it
message Counted {
  option (mesh.v1.event) = {subject: "shop.v1.counted" key: "id" feed: {scopes: "shop:count"}};
  string id = 1;
}
`;

test("a scope that no role has is reported with its place, unless a comment says who grants it", async () => {
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": shop }));
  const isOwn = ({ name }: { readonly name: string }) => name === "shop/v1/shop";
  const found = ungrantedScopes([...registry.files], new MeshOptions(registry), isOwn);
  const lines = found.map(({ desc, option = [], text }) => `${positionOfOption(desc, option).line}: ${text}`);
  const fix =
    "add it to a role in option (mesh.v1.package) = {roles: …}, or comment // mesh:granted-elsewhere <reason>";
  expect(lines).toEqual([
    `7: no role has the scope "shop:sel" of Sell: ${fix}`,
    `13: no role has the scope "shop:find_any" of Find: ${fix}`,
    `19: no role has the scope "shop:watch", "shop:watch_any" of Sold: ${fix}`,
  ]);
});
