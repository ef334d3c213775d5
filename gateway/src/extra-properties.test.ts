import type { PlaceOrderRequest } from "@mesh/contracts/testing/orders/v1";
import { expect, it } from "vitest";
import { openBrowser } from "../fixtures/browser.ts";
import { startMesh } from "../fixtures/mesh.ts";
import { idOf, orderOf, orderRequest, productOf } from "../fixtures/services.ts";

it("what a handler returns beyond the contract reaches no client", async () => {
  const secret = { supplierPrice: 1n, passwordHash: "hash" };
  const product = { ...productOf(idOf(1)), ...secret };
  const { url } = await startMesh({
    catalog: {
      getProduct: async () => ({ product, ...secret }),
      listProducts: async () => ({ products: [product], nextPageToken: "", totalSize: 1n }),
    },
  });
  for (const path of [
    `/trpc/catalog.getProduct?input=${encodeURIComponent(JSON.stringify({ id: idOf(1) }))}`,
    "/trpc/catalog.listProducts?input={}",
    `/v1/products/${idOf(1)}`,
    "/v1/products",
  ]) {
    const response = await fetch(url + path);
    const text = await response.text();
    expect([path, response.status, text.includes(idOf(1))]).toEqual([path, 200, true]);
    expect(text).not.toMatch(/supplier|password/i);
  }
});

it("what a client sends beyond the contract reaches no handler", async () => {
  const requests: PlaceOrderRequest[] = [];
  const { url } = await startMesh({
    orders: {
      async placeOrder(request) {
        requests.push(request);
        return { order: orderOf(idOf(1), idOf(9)) };
      },
    },
  });
  const wanted = orderRequest(1);
  const forged = { ...wanted, customerId: idOf(7), total: { minorUnits: 1, currency: "EUR" }, status: 2 };
  const { fetch: send } = openBrowser(url);
  const post = (path: string, body: object) => {
    const headers = { "content-type": "application/json" };
    return send(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  };
  await post("/trpc/orders.placeOrder", forged);
  expect((await post("/v1/orders", forged)).status).toBe(400);
  expect((await post("/v1/orders", wanted)).status).toBe(200);
  expect(requests.length).toBeGreaterThan(0);
  for (const request of requests) expect(Object.keys(request).sort()).toEqual(Object.keys(wanted).sort());
});
