import { CatalogError, ProductChanged } from "@mesh/contracts/testing/catalog/v1";
import { recordedLog } from "@mesh/testing/service";
import { describe, expect, it, vi } from "vitest";
import { openBrowser } from "../../fixtures/browser.ts";
import { cachedCatalog } from "../../fixtures/cached-catalog.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, productOf } from "../../fixtures/services.ts";
import type { Identify } from "../identity/caller.ts";
import { cacheResponses } from "../policies/cache-responses.ts";

const product = { trpc: `/trpc/catalog.getProduct?input={"id":"${idOf(1)}"}`, rest: `/v1/products/${idOf(1)}` };

/** Handlers that count their calls, and wait until the test lets them go. */
function heldProducts() {
  const calls: { readonly id: string; readonly signal: AbortSignal; respond(): void }[] = [];
  const getProduct = ({ id }: { id: string }, { signal }: { signal: AbortSignal }) =>
    new Promise<{ product: ReturnType<typeof productOf> }>((resolve) => {
      calls.push({ id, signal, respond: () => resolve({ product: productOf(id) }) });
    });
  return { calls, getProduct };
}

function countedProducts() {
  const getProduct = vi.fn(async ({ id }: { id: string }) => ({ product: productOf(id) }));
  return { getProduct, catalog: { catalog: { getProduct } } };
}

describe("a method with a cache", () => {
  it("is called once for equal requests, by tRPC and by REST, of all users", async () => {
    const { getProduct, catalog } = countedProducts();
    const { url } = await startMesh(catalog, { services: cachedCatalog({}) });
    const bodies = async () => [
      await (await fetch(url + product.trpc)).text(),
      await (await fetch(url + product.rest)).text(),
    ];
    const first = await bodies();
    expect(await bodies()).toEqual(first);
    expect(getProduct).toHaveBeenCalledTimes(1);
    await fetch(`${url}/v1/products/${idOf(2)}`);
    expect(getProduct).toHaveBeenCalledTimes(2);
  });

  it("is called again after its time", async () => {
    const { getProduct, catalog } = countedProducts();
    const { url } = await startMesh(catalog, { services: cachedCatalog({ ttlMs: 20 }) });
    await expect
      .poll(async () => {
        await fetch(url + product.rest);
        return getProduct.mock.calls.length;
      })
      .toBeGreaterThan(2);
  });

  it("is called for each user if it is per user", async () => {
    const { getProduct, catalog } = countedProducts();
    const { url } = await startMesh(catalog, { services: cachedCatalog({ perUser: true }) });
    const [ada, bob] = [openBrowser(url), openBrowser(url)];
    for (const browser of [ada, bob, ada, bob, ada]) {
      expect((await browser.fetch(url + product.rest)).status).toBe(200);
    }
    expect(getProduct).toHaveBeenCalledTimes(2);
  });

  it("is called again for a user who has other scopes", async () => {
    const { getProduct, catalog } = countedProducts();
    const identify: Identify = ({ headers }) => ({
      principal: { kind: "customer", id: idOf(9) },
      scopes: new Set(String(headers["x-scopes"]).split(" ")),
      roles: [],
    });
    const { url } = await startMesh(catalog, { services: cachedCatalog({ perUser: true }), identify });
    for (const scopes of ["catalog:read any:read", "catalog:read", "any:read catalog:read"]) {
      expect((await fetch(url + product.rest, { headers: { "x-scopes": scopes } })).status).toBe(200);
    }
    expect(getProduct).toHaveBeenCalledTimes(2);
  });

  it("is called again after an error", async () => {
    const getProduct = vi.fn(async ({ id }: { id: string }) => {
      throw CatalogError.productNotFound({ productId: id });
    });
    const { url } = await startMesh({ catalog: { getProduct } }, { services: cachedCatalog({}) });
    for (let count = 1; count < 4; count += 1) {
      const response = await fetch(url + product.rest);
      expect([response.status, response.headers.get("cache-control")]).toEqual([404, "no-store"]);
      expect(getProduct).toHaveBeenCalledTimes(count);
    }
  });

  it("is called by every request without the middleware, and while its events do not arrive", async () => {
    const { getProduct, catalog } = countedProducts();
    const without = await startMesh(catalog, {
      services: cachedCatalog({}),
      middleware: (defaults) => defaults.filter((step) => step !== cacheResponses),
    });
    const withoutNats = await startMesh(catalog, { services: cachedCatalog({ invalidatedBy: [ProductChanged] }) });
    for (const { url } of [without, withoutNats]) {
      for (const path of Object.values(product)) await fetch(url + path);
    }
    expect(getProduct).toHaveBeenCalledTimes(4);
  });

  it("still checks the scopes of each caller", async () => {
    const { catalog } = countedProducts();
    let scopes = new Set(["catalog:read"]);
    const identify = () => ({ principal: { kind: "customer", id: idOf(1) }, scopes }) as const;
    const { url } = await startMesh(catalog, { services: cachedCatalog({}), identify });
    expect((await fetch(url + product.rest)).status).toBe(200);
    scopes = new Set();
    expect((await fetch(url + product.rest)).status).toBe(403);
  });
});

describe("equal requests at the same time", () => {
  it("are one call, which goes on when the first client leaves, and ends when the last one does", async () => {
    const { calls, getProduct } = heldProducts();
    const { url } = await startMesh({ catalog: { getProduct } }, { services: cachedCatalog({}) });
    const clients = [new AbortController(), new AbortController(), new AbortController()];
    const open = clients.map(({ signal }) => fetch(url + product.rest, { signal }).catch(() => undefined));
    await expect.poll(() => calls.length).toBe(1);
    clients[0]?.abort();
    await open[0];
    const other = fetch(url + product.trpc);
    calls[0]?.respond();
    expect((await open[1])?.status).toBe(200);
    expect((await open[2])?.status).toBe(200);
    expect((await other).status).toBe(200);
    expect(calls).toHaveLength(1);

    const last = new AbortController();
    const left = fetch(`${url}/v1/products/${idOf(2)}`, { signal: last.signal }).catch(() => undefined);
    await expect.poll(() => calls.length).toBe(2);
    last.abort();
    await left;
    await expect.poll(() => calls[1]?.signal.aborted).toBe(true);
  });

  it("end without a line in the log if the client leaves", async () => {
    const { calls, getProduct } = heldProducts();
    const { log, logged } = recordedLog();
    const { url } = await startMesh({ catalog: { getProduct } }, { services: cachedCatalog({}), log });
    const client = new AbortController();
    const left = fetch(url + product.trpc, { signal: client.signal });
    await expect.poll(() => calls.length).toBe(1);
    client.abort();
    await expect(left).rejects.toThrow();
    await expect.poll(() => calls[0]?.signal.aborted).toBe(true);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(logged.filter(({ level, path }) => path !== undefined && Number(level) >= 40)).toEqual([]);
  });

  it("end each at its own deadline", async () => {
    const { calls, getProduct } = heldProducts();
    const limits = { queryTimeoutMs: 1_000 };
    const { url } = await startMesh({ catalog: { getProduct } }, { services: cachedCatalog({}), limits });
    expect((await fetch(url + product.rest)).status).toBe(504);
    expect(calls).toHaveLength(1);
  });
});
