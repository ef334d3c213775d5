import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderOf, orderRequest } from "../../fixtures/services.ts";
import { provenanceOf } from "./origin.ts";

const listed = new Set(["https://shop.example"]);

function requestOf(method: string, headers: object): IncomingMessage {
  // The other members are not read.
  return { method, headers: { host: "127.0.0.1:4000", ...headers } } as IncomingMessage;
}

it.each([
  ["none", {}],
  ["own", { origin: "http://127.0.0.1:4000" }],
  ["own", { origin: "https://127.0.0.1:4000" }],
  ["own", { origin: "http://localhost:4000", host: "LOCALHOST:4000" }],
  ["foreign", { origin: "https://page.example", "sec-fetch-site": "same-origin" }],
  ["foreign", { origin: "https://page.example", host: "page.example" }],
  ["listed", { origin: "https://shop.example" }],
  ["listed", { origin: "https://shop.example", "sec-fetch-site": "cross-site" }],
  ["foreign", { origin: "http://127.0.0.1:5173" }],
  ["foreign", { origin: "http://127.0.0.1:40001" }],
  ["foreign", { origin: "http://shop.example" }],
  ["foreign", { origin: "https://shop.example.evil.example" }],
  ["foreign", { origin: "https://evil.example", "sec-fetch-site": "same-site" }],
  ["foreign", { origin: "null" }],
  ["foreign", { origin: "null", "sec-fetch-site": "same-origin" }],
  ["foreign", { origin: "" }],
  ["foreign", { origin: "https://shop.example, https://shop.example" }],
])("in development, finds the provenance %s of %o", (provenance, headers) => {
  const origins = { own: new Set<string>(), isLocal: true, listed };
  for (const method of ["GET", "POST"]) expect(provenanceOf(requestOf(method, headers), origins)).toBe(provenance);
});

it.each([
  ["own", { origin: "https://api.example" }],
  ["own", { origin: "https://api.example", host: "internal:4000" }],
  ["listed", { origin: "https://shop.example" }],
  ["foreign", { origin: "http://api.example" }],
  ["foreign", { origin: "http://127.0.0.1:4000" }],
  ["foreign", { origin: "https://other.example", host: "other.example", "sec-fetch-site": "same-origin" }],
])("in production, finds the provenance %s of %o", (provenance, headers) => {
  const origins = { own: new Set(["https://api.example"]), isLocal: false, listed };
  expect(provenanceOf(requestOf("POST", headers), origins)).toBe(provenance);
});

it.each([
  ["POST", "cross-site", "foreign"],
  ["POST", "same-site", "foreign"],
  ["DELETE", "cross-site", "foreign"],
  ["POST", "same-origin", "none"],
  ["POST", "none", "none"],
  ["GET", "cross-site", "none"],
  ["HEAD", "same-site", "none"],
])("of a %s without an Origin, Sec-Fetch-Site decides: %s is %s", (method, site, provenance) => {
  const origins = { own: new Set<string>(), isLocal: true, listed };
  expect(provenanceOf(requestOf(method, { "sec-fetch-site": site }), origins)).toBe(provenance);
});

describe("a mutation of another site", () => {
  const json = { "content-type": "application/json" };
  const routes = ["/trpc/orders.placeOrder", "/v1/orders"];

  it.each(
    routes.flatMap(
      (path) =>
        [
          [path, { origin: "https://evil.example" }],
          [path, { origin: "null" }],
          [path, { origin: "https://evil.example", "sec-fetch-site": "same-origin" }],
          [path, { "sec-fetch-site": "cross-site" }],
        ] as const,
    ),
  )("is rejected at %s with %o", async (path, headers) => {
    let calls = 0;
    const placeOrder = async () => {
      calls += 1;
      return { order: orderOf(idOf(1), idOf(2)) };
    };
    const { url } = await startMesh({ orders: { placeOrder } });
    const body = JSON.stringify(orderRequest(1));
    const key = { "idempotency-key": orderRequest(1).idempotencyKey ?? "" };
    const response = await fetch(url + path, { method: "POST", headers: { ...json, ...key, ...headers }, body });
    expect([response.status, response.headers.getSetCookie(), calls]).toEqual([403, [], 0]);
    expect(await response.text()).toContain("pages of this origin may not call this gateway");
  });
});
