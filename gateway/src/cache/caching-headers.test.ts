import { CatalogService, ProductChanged } from "@mesh/contracts/testing/catalog/v1";
import { expect, it } from "vitest";
import { openBrowser } from "../../fixtures/browser.ts";
import { cachedCatalog } from "../../fixtures/cached-catalog.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, productOf } from "../../fixtures/services.ts";

const path = `/v1/products/${idOf(1)}`;

/** A client whose cookie is known, so that responses set none. */
async function knownClient(url: string) {
  const browser = openBrowser(url);
  await browser.fetch(`${url}/v1/products:batchGet?ids=${idOf(1)}`);
  return async (target = path, headers: Record<string, string> = {}, method = "GET") => {
    const response = await browser.fetch(url + target, { method, headers });
    const names = ["cache-control", "etag", "vary", "content-length"];
    const [cacheControl, etag, vary, length] = names.map((name) => response.headers.get(name));
    return { status: response.status, cacheControl, etag, vary, length, text: await response.text() };
  };
}

const trpcPath = `/trpc/catalog.getProduct?input=${encodeURIComponent(JSON.stringify({ id: idOf(1) }))}`;

it.each([
  ["REST", path, "origin"],
  ["tRPC", trpcPath, "trpc-accept, accept, origin"],
])("a response of %s has a validator, and a client that has the body gets 304", async (_, path, vary) => {
  const { url } = await startMesh({}, { services: cachedCatalog({}, []) });
  const get = await knownClient(url);
  const { etag, text, ...first } = await get(path);
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  expect(first).toMatchObject({ status: 200, vary });
  expect(first.cacheControl).toMatch(/^public, max-age=\d\d, must-revalidate$/);
  expect(await get(path)).toMatchObject({ status: 200, etag, text });
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const again = await get(path, { "if-none-match": known ?? "" });
    expect(again).toMatchObject({ status: 304, etag, vary, text: "", length: null });
    expect(again.cacheControl).toContain("public, max-age=");
  }
  expect(await get(path, { "if-none-match": '"x"' })).toMatchObject({ status: 200, text });
  expect((await get(path.replace(idOf(1), idOf(2)))).etag).not.toBe(etag);
});

it("responds to HEAD of REST like to GET", async () => {
  const { url } = await startMesh({}, { services: cachedCatalog({}, []) });
  const get = await knownClient(url);
  const { etag, text } = await get();
  const head = await get(path, {}, "HEAD");
  expect(head).toMatchObject({ status: 200, etag, text: "", length: String(Buffer.byteLength(text)) });
  expect((await get(path, { "if-none-match": etag ?? "" }, "HEAD")).status).toBe(304);
});

it("a response is private if callers need scopes or it is per user, and varies by who calls", async () => {
  for (const services of [cachedCatalog({}), cachedCatalog({ perUser: true }, [])]) {
    const { url } = await startMesh({}, { services });
    const response = await (await knownClient(url))();
    expect(response.vary).toBe("origin, cookie, authorization");
    expect(response.cacheControl).toMatch(/^private, max-age=\d\d, must-revalidate$/);
  }
});

it("a response is to be asked for each time if events end it, because clients do not get them", async () => {
  const { url } = await startMesh({}, { services: cachedCatalog({ invalidatedBy: [ProductChanged] }, []) });
  expect((await (await knownClient(url))()).cacheControl).toBe("public, max-age=0, must-revalidate");
});

it("a batch of tRPC is not stored, and its bodies are those of single calls", async () => {
  const { url } = await startMesh({}, { services: cachedCatalog({}, []) });
  const get = await knownClient(url);
  const input = encodeURIComponent(JSON.stringify({ 0: { id: idOf(1) }, 1: { id: idOf(1) } }));
  const batch = await get(`/trpc/catalog.getProduct,catalog.getProduct?batch=1&input=${input}`);
  expect(batch).toMatchObject({ status: 200, cacheControl: "no-store", etag: null });
  const { text } = await get(trpcPath);
  expect(batch.text).toBe(`[${text},${text}]`);
});

it("a response is not stored if it sets a cookie, or the method has no cache, or the product has changed", async () => {
  let name = "Teapot";
  const getProduct = async ({ id }: { id: string }) => ({ product: { ...productOf(id), name } });
  const services = cachedCatalog({ ttlMs: 1 }, []);
  const { url } = await startMesh({ catalog: { getProduct } }, { services });
  const stranger = await fetch(url + path);
  expect([stranger.headers.get("cache-control"), stranger.headers.get("etag")]).toEqual(["no-store", null]);
  const get = await knownClient(url);
  expect(await get(`/v1/products:batchGet?ids=${idOf(1)}`)).toMatchObject({ cacheControl: "no-store", etag: null });
  expect(CatalogService.methods.batchGetProducts?.cache).toBeUndefined();
  const { etag } = await get();
  name = "Kettle";
  await expect.poll(async () => (await get(path, { "if-none-match": etag ?? "" })).status).toBe(200);
});
