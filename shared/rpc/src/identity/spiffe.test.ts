import { expect, test } from "vitest";
import { namesIn, spiffeIdsOf } from "./spiffe.ts";

test("ids are the URIs of one path segment", () => {
  const names =
    "DNS:localhost, URI:spiffe://mesh.local/orders, IP Address:127.0.0.1, URI:spiffe://mesh.local/acme.billing";
  expect(namesIn("mesh.local", names)).toEqual(["orders", "acme.billing"]);
  expect(spiffeIdsOf("URI:spiffe://prod.example/orders")).toEqual([{ trustDomain: "prod.example", name: "orders" }]);
});

test("anything else is no id", () => {
  const others = [
    undefined,
    "",
    "DNS:spiffe://mesh.local/orders",
    "URI:https://mesh.local/orders",
    "URI:spiffe://mesh.local",
    "URI:spiffe://mesh.local/",
    "URI:spiffe://mesh.local/ns/default/sa/orders",
    "URI:spiffe://mesh.local/orders?x=1",
    "URI:spiffe://MESH.LOCAL/orders",
    "URI:spiffe://mesh.local:80/orders",
    "URI:spiffe://a@mesh.local/orders",
    'DNS:"a, URI:spiffe://mesh.local/orders"',
    'URI:"spiffe://a/b, URI:spiffe://mesh.local/orders"',
  ];
  for (const names of others) expect(spiffeIdsOf(names), names).toEqual([]);
  expect(namesIn("mesh.local", "URI:spiffe://another.mesh/orders")).toEqual([]);
});
