import { transformer } from "@mesh/contracts/transformer";
import { formatTrace, newTrace } from "@mesh/runtime";
import { createTRPCClient, httpBatchStreamLink, httpLink } from "@trpc/client";
import { describe, expect, it } from "vitest";
import { openBrowser } from "../fixtures/browser.ts";
import { startMesh } from "../fixtures/mesh.ts";
import type { AppRouter } from "../fixtures/router.ts";
import { before1970, idOf, orderOf, orderRequest, productOf } from "../fixtures/services.ts";

describe("the gateway", () => {
  it("carries values that JSON cannot represent, exactly", async () => {
    const { trpc } = openBrowser((await startMesh()).url);
    const { product } = await trpc.catalog.getProduct.query({ id: idOf(1) });
    expect(product).toMatchObject({
      name: "~n12",
      price: { minorUnits: 2n ** 63n - 1n, currency: "EUR" },
      revision: 2n ** 63n - 1n,
      createdAt: before1970,
    });
  });

  it("offers queries and mutations of all services", async () => {
    const { trpc } = openBrowser((await startMesh()).url);
    expect((await trpc.catalog.listProducts.query({})).totalSize).toBe(5_000n);
    expect((await trpc.inventory.getStock.query({ productId: idOf(1) })).stock?.available).toBe(2n ** 63n - 1n);
    const placed = await trpc.orders.placeOrder.mutate(orderRequest(7));
    expect(placed.order).toMatchObject({ id: idOf(7), placedAt: before1970 });
    expect(await trpc.orders.getOrder.query({ id: idOf(7) })).toEqual(placed);
  });

  it("serves other clients: one call per request, and responses that arrive one by one", async () => {
    const { url } = await startMesh();
    for (const link of [httpLink, httpBatchStreamLink]) {
      const trpc = createTRPCClient<AppRouter>({ links: [link({ url: `${url}/trpc`, transformer })] });
      const found = await Promise.all([
        trpc.catalog.getProduct.query({ id: idOf(1) }),
        trpc.catalog.getProduct.query({ id: idOf(404) }).catch((error) => error.data.reason),
      ]);
      expect(found).toMatchObject([{ product: { createdAt: before1970 } }, "PRODUCT_NOT_FOUND"]);
    }
  });

  it("calls services for the customer, in the trace of the page, with the deadline", async () => {
    const seen: { customer: string | undefined; traceId: string; leftMs: number }[] = [];
    const { url } = await startMesh({
      catalog: {
        getProduct: async ({ id }, { principal, trace, deadline }) => {
          seen.push({ customer: principal?.id, traceId: trace.traceId, leftMs: deadline - Date.now() });
          return { product: productOf(id) };
        },
      },
    });
    const browser = openBrowser(url);
    const trace = newTrace();
    const input = encodeURIComponent(JSON.stringify({ id: idOf(1) }));
    await browser.fetch(`${url}/trpc/catalog.getProduct?input=${input}`, {
      headers: { traceparent: formatTrace(trace) },
    });
    const [call] = seen;
    expect(browser.cookie).toContain(`=${call?.customer}.`);
    expect(call?.traceId).toBe(trace.traceId);
    expect(call?.leftMs).toBeGreaterThan(3_000);
    expect(call?.leftMs).toBeLessThanOrEqual(5_000);
  });

  it("cancels the call of a service when the browser leaves", async () => {
    const left: unknown[] = [];
    const { url } = await startMesh({
      catalog: {
        getProduct: (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(left.push("left")));
            leaving.abort();
          }),
      },
    });
    const leaving = new AbortController();
    const call = openBrowser(url).trpc.catalog.getProduct.query({ id: idOf(1) }, { signal: leaving.signal });
    await expect(call).rejects.toThrow();
    await expect.poll(() => left).toEqual(["left"]);
  });
});

describe("shop.orderWithProducts", () => {
  it("joins an order and its products by one call to each service", async () => {
    const calls: string[][] = [];
    const { url } = await startMesh({
      catalog: {
        batchGetProducts: async ({ ids }) => {
          calls.push(ids);
          return { products: ids.map(productOf) };
        },
      },
      orders: { getOrder: async ({ id }) => ({ order: orderOf(id, idOf(9), idOf(1), idOf(2), idOf(1)) }) },
    });
    const { order, products } = await openBrowser(url).trpc.shop.orderWithProducts.query({ id: idOf(7) });
    expect(order.lines.map(({ productId }) => products[productId]?.id)).toEqual([idOf(1), idOf(2), idOf(1)]);
    expect(calls).toEqual([[idOf(1), idOf(2)]]);
  });

  it("returns an order whose product is no longer on sale", async () => {
    const getOrder = async ({ id }: { id: string }) => ({ order: orderOf(id, idOf(9), idOf(404), idOf(2)) });
    const { url } = await startMesh({ orders: { getOrder } });
    const { order, products } = await openBrowser(url).trpc.shop.orderWithProducts.query({ id: idOf(7) });
    expect(order.lines).toHaveLength(2);
    expect(Object.keys(products)).toEqual([idOf(2)]);
  });
});
