import { createFileRegistry } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import type { Problem } from "../problem.ts";
import { checkFeeds, feedsOf } from "./feed.ts";
import { MeshOptions } from "./options.ts";
import { ServiceNames } from "./service-name.ts";

const service = "service Shop { rpc OnSale(Sold) returns (Sold); }";

async function read(feed: string, others = service) {
  const source = `syntax = "proto3";
package shop.v1;
import "mesh/v1/options.proto";
message Sold {
  option (mesh.v1.event) = {subject: "shop.v1.sold" key: "id" feed: {${feed}}};
  string id = 1;
  string customer_id = 2;
  repeated string tags = 3;
  int32 count = 4;
}
message Bought {
  option (mesh.v1.event) = {subject: "shop.v1.bought" key: "id" feed: {public: true}};
  string id = 1;
}
message Kept {
  option (mesh.v1.event) = {subject: "shop.v1.kept" key: "id"};
  string id = 1;
}
${others}
`;
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": source }));
  const options = new MeshOptions(registry);
  const files = [...registry.files].filter(({ proto }) => proto.package === "shop.v1");
  const names = new ServiceNames(files, options);
  const problems: Problem[] = [];
  checkFeeds(files, { options, names }, problems);
  const owner = registry.getService("shop.v1.Shop");
  const feeds = owner ? feedsOf(owner, files, options, names) : [];
  return { feeds: feeds.map(({ message, ...rest }) => rest), problems: problems.map(({ text }) => text) };
}

const bought = { name: "onBought", scopes: [], owner: undefined };

test("a feed has a name, scopes and an owner, whose names are those of TypeScript", async () => {
  expect(await read('scopes: "shop:read  shop:all" owner: "customer_id" unless: "shop:all"')).toEqual({
    feeds: [
      { name: "onSold", scopes: ["shop:read", "shop:all"], owner: { field: "customerId", unless: "shop:all" } },
      bought,
    ],
    problems: [],
  });
  expect(await read('public: true name: "sales"')).toEqual({
    feeds: [{ name: "sales", scopes: [], owner: undefined }, bought],
    problems: [],
  });
});

test.each([
  ["", "it has neither scopes nor public: true, so it must say who may subscribe"],
  ['public: true scopes: "a"', "it has scopes and public: true: remove one of them"],
  ['public: true unless: "a"', "unless needs an owner"],
  ['public: true owner: "nope"', 'owner: Sold has no singular string field "nope"'],
  ['public: true owner: "tags"', 'owner: Sold has no singular string field "tags"'],
  ['public: true owner: "count"', 'owner: Sold has no singular string field "count"'],
  [
    'public: true name: "On-Sold"',
    'name: "On-Sold" is no name of a procedure: use letters and digits, such as onOrderPlaced',
  ],
  ['public: true name: "onSale"', "name: Shop has a method OnSale, which is onSale too: choose another"],
])("the feed {%s} is reported", async (feed, text) => {
  expect((await read(feed)).problems).toEqual([`feed: ${text}`]);
});

test("two feeds of one name, and feeds without a service, are reported", async () => {
  expect((await read('public: true name: "onBought"')).problems).toEqual([
    "feed: name: onBought is already that of the feed of Sold: choose another",
  ]);
  const text = "feed: no service of the package owns the event, so that no router can have the subscription";
  expect((await read("public: true", "")).problems).toEqual([text, text]);
});
