import { expect, test } from "vitest";
import { defaultIdPaths, idOf, isIdPath, namesIn, spiffeIdsOf } from "./spiffe.ts";

const mesh = (trustDomain: string, idPaths = defaultIdPaths) => ({ trustDomain, idPaths });

test("ids are the URIs of one path segment", () => {
  const names =
    "DNS:localhost, URI:spiffe://mesh.local/orders, IP Address:127.0.0.1, URI:spiffe://mesh.local/acme.billing";
  expect(namesIn(mesh("mesh.local"), names)).toEqual(["orders", "acme.billing"]);
  expect(spiffeIdsOf("URI:spiffe://prod.example/orders")).toEqual([
    { trustDomain: "prod.example", name: "orders", uri: "spiffe://prod.example/orders" },
  ]);
});

test("ids with several segments have a name if their path is one of those of the mesh", () => {
  const names = "URI:spiffe://td/ns/shop/sa/orders, URI:spiffe://td/ns/billing/sa/payments, URI:spiffe://td/plain";
  const idPaths = ["ns/shop/sa/{name}", "ns/billing/sa/{name}"];
  expect(namesIn(mesh("td", idPaths), names)).toEqual(["orders", "payments"]);
  expect(namesIn(mesh("td", ["ns/shop/sa/{name}"]), names)).toEqual(["orders"]);
  expect(namesIn(mesh("td", ["{name}/v1"]), "URI:spiffe://td/orders/v1, URI:spiffe://td/v1")).toEqual(["orders"]);
  const others = ["ns/other/sa/orders", "ns/shop/sa/orders/x", "ns/shop/sa/", "ns/shop/sa/..", "x/ns/shop/sa/orders"];
  for (const path of others) expect(namesIn(mesh("td", idPaths), `URI:spiffe://td/${path}`), path).toEqual([]);
  expect(idOf(mesh("td", idPaths), "orders")).toBe("spiffe://td/ns/shop/sa/orders");
});

test("a path of ids has the name as one segment, and no others than SPIFFE allows", () => {
  for (const path of ["{name}", "ns/default/sa/{name}", "{name}/v1"]) expect(isIdPath(path), path).toBe(true);
  const others = [
    "",
    "ns/default",
    "ns/{name}/sa/{name}",
    "x-{name}",
    "/{name}",
    "{name}/",
    "ns//{name}",
    "../{name}",
    "*/{name}",
  ];
  for (const path of others) expect(isIdPath(path), path).toBe(false);
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
  expect(namesIn(mesh("mesh.local"), "URI:spiffe://another.mesh/orders")).toEqual([]);
});
