import { randomUUID } from "node:crypto";
import { CatalogService, Category, type CreateProductRequestInput, ProductChanged } from "@mesh/contracts/catalog/v1";
import { openTestService, type TestService } from "@mesh/testing/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalog } from "./service.ts";

let service: TestService<NonNullable<typeof CatalogService.types>>;

beforeAll(async () => {
  service = await openTestService(CatalogService, catalog);
});
afterAll(() => service?.[Symbol.asyncDispose]());

const most = 2n ** 63n - 1n;
const price = { minorUnits: 1_990n, currency: "EUR" };

async function create(changes: Partial<CreateProductRequestInput> = {}) {
  const request = { name: "Lamp", category: Category.CATEGORY_HOME, price, ...changes };
  const { product } = await service.client.createProduct(request);
  if (!product) throw new Error("no product came back");
  return product;
}

/** What was published of one product. */
async function changesOf(productId: string) {
  return (await service.published(ProductChanged)).filter((change) => change.productId === productId);
}

describe("a product", () => {
  it("is returned as created, with times, revision and a price up to 2^63-1", async () => {
    const before = Date.now();
    const product = await create({
      name: "Großer Bär 🐻",
      description: "a\nb",
      price: { minorUnits: most, currency: "JPY" },
    });
    expect(product).toMatchObject({ name: "Großer Bär 🐻", description: "a\nb", revision: 1n });
    expect(product.price).toEqual({ minorUnits: most, currency: "JPY" });
    expect(product.createdAt?.getTime()).toBeGreaterThanOrEqual(before);
    expect(product.updatedAt).toEqual(product.createdAt);
    expect(await service.client.getProduct({ id: product.id })).toEqual({ product });
    expect(await changesOf(product.id)).toEqual([{ productId: product.id, product, changedAt: expect.any(Date) }]);
  });

  it("keeps times before 1970 to the millisecond", async () => {
    const { id } = await create();
    await service.query("update products set created_at = '1969-12-31T23:59:59.999Z' where id = $1", [id]);
    const { product } = await service.client.getProduct({ id });
    expect(product?.createdAt).toEqual(new Date(-1));
  });

  it("has the id that its creator chose, once", async () => {
    const id = randomUUID();
    expect((await create({ id })).id).toBe(id);
    for (const again of [id, id.toUpperCase()]) {
      await expect(create({ id: again, name: "Other" })).rejects.toMatchObject({
        code: "ALREADY_EXISTS",
        reason: "PRODUCT_EXISTS",
      });
    }
    expect((await service.client.getProduct({ id })).product?.name).toBe("Lamp");
    expect(await changesOf(id)).toHaveLength(1);
  });

  it("is created once by many concurrent attempts", async () => {
    const id = randomUUID();
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map((at) => create({ id, name: `Try ${at}` })));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it.each([
    ["a price of zero", { price: { minorUnits: 0n, currency: "EUR" } }, "price.minor_units"],
    ["a price below zero", { price: { minorUnits: -most, currency: "EUR" } }, "price.minor_units"],
    ["a currency that is none", { price: { minorUnits: 1n, currency: "euro" } }, "price.currency"],
    ["no name", { name: "" }, "name"],
    ["a name above its limit", { name: "x".repeat(121) }, "name"],
    ["a category that is none", { category: 42 as Category }, "category"],
    ["an id that is no UUID", { id: "42" }, "id"],
  ])("with %s is refused", async (_, changes, field) => {
    await expect(create(changes)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", violations: [{ field }] });
  });

  it("with a character that can't be stored is rejected, and not an internal error", async () => {
    await expect(create({ name: "a\u0000b" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("that does not exist is not found", async () => {
    const id = randomUUID();
    const missing = { code: "NOT_FOUND", reason: "PRODUCT_NOT_FOUND", metadata: { productId: id } };
    const product = { id, name: "Lamp", category: Category.CATEGORY_HOME, price };
    await expect(service.client.getProduct({ id })).rejects.toMatchObject(missing);
    await expect(service.client.deleteProduct({ id })).rejects.toMatchObject(missing);
    await expect(service.client.updateProduct({ product, updateMask: ["name"] })).rejects.toMatchObject(missing);
  });

  it("is found by an id in capital letters too, which UUIDs may have", async () => {
    const product = await create();
    expect(await service.client.getProduct({ id: product.id.toUpperCase() })).toEqual({ product });
  });
});

describe("a batch", () => {
  it("has the requested order, without missing products", async () => {
    const [a, b, c] = [await create(), await create(), await create()];
    const ids = [c.id, randomUUID(), a.id.toUpperCase(), b.id];
    expect(await service.client.batchGetProducts({ ids })).toEqual({ products: [c, a, b] });
  });

  it.each([
    ["none", []],
    ["more than 100", Array.from({ length: 101 }, () => randomUUID())],
    ["one twice", Array(2).fill("0190a7c5-7a5e-7bd4-a4ad-2c0d64a5ff6c")],
  ])("of %s is refused", async (_, ids) => {
    await expect(service.client.batchGetProducts({ ids })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

describe("a change", () => {
  it("applies to the fields of the mask only, and is published", async () => {
    const before = await create({ description: "old" });
    const changes = { ...before, name: "New", description: "new", price: { minorUnits: 5n, currency: "USD" } };
    const { product } = await service.client.updateProduct({ product: changes, updateMask: ["price", "name"] });
    expect(product).toMatchObject({ name: "New", description: "old", price: changes.price, revision: 2n });
    expect(product?.createdAt).toEqual(before.createdAt);
    expect(await service.client.getProduct({ id: before.id })).toEqual({ product });
    expect((await changesOf(before.id)).map((change) => change.product)).toEqual([before, product]);
  });

  it("may empty a field", async () => {
    const before = await create({ description: "old" });
    const { product } = await service.client.updateProduct({
      product: { ...before, description: "" },
      updateMask: ["description"],
    });
    expect(product?.description).toBe("");
  });

  it("counts each of many concurrent changes", async () => {
    const before = await create();
    const names = Array.from({ length: 20 }, (_, at) => `Name ${at}`);
    const updateMask = ["name"];
    await Promise.all(names.map((name) => service.client.updateProduct({ product: { ...before, name }, updateMask })));
    const { product } = await service.client.getProduct({ id: before.id });
    expect(product?.revision).toBe(21n);
    const revisions = (await changesOf(before.id)).map((change) => change.product?.revision);
    expect(revisions).toEqual(Array.from({ length: 21 }, (_, at) => BigInt(at + 1)));
  });

  it.each([
    ["an unknown field", ["color"]],
    ["a field that only the service sets", ["revision"]],
  ])("of %s is refused", async (_, updateMask) => {
    const product = await create();
    await expect(service.client.updateProduct({ product, updateMask })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });

  it("to a price of zero is rejected, and changes nothing", async () => {
    const product = await create();
    const free = { ...product, name: "Free", price: { minorUnits: 0n, currency: "EUR" } };
    await expect(service.client.updateProduct({ product: free, updateMask: ["name", "price"] })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      violations: [{ field: "price.minor_units" }],
    });
    expect(await service.client.getProduct({ id: product.id })).toEqual({ product });
  });

  it("removes a product from sale once, and is published without the product", async () => {
    const { id } = await create();
    await service.client.deleteProduct({ id: id.toUpperCase() });
    await expect(service.client.deleteProduct({ id })).rejects.toMatchObject({ reason: "PRODUCT_NOT_FOUND" });
    expect((await changesOf(id)).at(-1)).toEqual({ productId: id, product: undefined, changedAt: expect.any(Date) });
  });
});
