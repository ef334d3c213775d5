import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { provenanceOf } from "./cors.ts";

const listed = new Set(["https://shop.example"]);

it.each([
  ["none", {}],
  ["none", { "sec-fetch-site": "cross-site" }],
  ["same", { origin: "http://127.0.0.1:4000" }],
  ["same", { origin: "https://127.0.0.1:4000" }],
  ["same", { origin: "https://page.example", "sec-fetch-site": "same-origin" }],
  ["listed", { origin: "https://shop.example" }],
  ["listed", { origin: "https://shop.example", "sec-fetch-site": "cross-site" }],
  ["foreign", { origin: "http://127.0.0.1:5173" }],
  ["foreign", { origin: "http://127.0.0.1:40001" }],
  ["foreign", { origin: "http://shop.example" }],
  ["foreign", { origin: "https://shop.example.evil.example" }],
  ["foreign", { origin: "https://evil.example", "sec-fetch-site": "same-site" }],
  ["foreign", { origin: "null" }],
  ["foreign", { origin: "" }],
])("finds the provenance %s of %o", (provenance, headers) => {
  const request = { headers: { host: "127.0.0.1:4000", ...headers } };
  expect(provenanceOf(request as IncomingMessage, listed)).toBe(provenance);
});
