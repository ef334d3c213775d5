import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { generateFiles } from "../../testing/index.ts";

const source = `
syntax = "proto3";
package shop.v1;
import "mesh/v1/options.proto";

service ShopService {}

// A book was lent. Or given.
message Lent {
  option (mesh.v1.event) = {subject: "shop.v1.lent" key: "book_id" feed: {scopes: "shop:read" name: "watchLent"}};
  string book_id = 1;
}
`;

test("a feed has a path whose events are in the OpenAPI document", async () => {
  const files = await generateFiles({ "shop/v1/shop.proto": source });
  const document = JSON.parse(files.find(({ name }) => name === "openapi.json")?.content ?? "");
  expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
  const { get } = document.paths["/v1/feeds/shop/watchLent"];
  expect(get).toMatchObject({
    tags: ["ShopService"],
    operationId: "ShopService_watchLent",
    summary: "A book was lent",
    parameters: [
      { name: "key", in: "query" },
      { name: "Last-Event-ID", in: "header" },
    ],
    security: [{ customer: ["shop:read"] }],
  });
  expect(Object.keys(get.responses)).toEqual(["200", "400", "401", "403", "default"]);
  const content = get.responses["200"].content["text/event-stream"];
  const [started, event] = content["x-itemSchema"].properties.data.contentSchema.oneOf;
  expect(started.properties).toEqual({ type: { const: "started" } });
  expect(event.properties).toEqual({ type: { const: "event" }, event: { $ref: "#/components/schemas/shop.v1.Lent" } });
  expect(document.components.schemas["shop.v1.Lent"]).toBeDefined();
  expect(content.example).toBe('id: 1764495600000-7\ndata: {"type":"event","event":{"bookId":"book_id"}}\n\n');
});
