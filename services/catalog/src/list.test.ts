import { randomUUID } from "node:crypto";
import { CatalogService, Category, type ListProductsRequestInput, type Product } from "@mesh/contracts/catalog/v1";
import { openTestService, type TestService } from "@mesh/testing/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleProducts } from "./seed/products.ts";
import { catalog } from "./service.ts";

let service: TestService<NonNullable<typeof CatalogService.types>>;

beforeAll(async () => {
  service = await openTestService(CatalogService, catalog);
  await add(exampleProducts().map(({ product }) => product));
  await service.query("analyze products");
});
afterAll(() => service?.[Symbol.asyncDispose]());

type NewProduct = Pick<Product, "name"> & Partial<Product>;

async function add(products: readonly NewProduct[]): Promise<void> {
  const price = { minorUnits: 100n, currency: "EUR" };
  const complete = products.map((product) => {
    return { id: randomUUID(), category: Category.CATEGORY_BOOKS, price, ...product };
  });
  await service.client.importProducts(
    (async function* () {
      for (let at = 0; at < complete.length; at += 200) yield { products: complete.slice(at, at + 200) };
    })(),
  );
}

/** All pages of a search. */
async function pages(search: ListProductsRequestInput): Promise<Product[][]> {
  const list: Product[][] = [];
  let pageToken = "";
  do {
    const page = await service.client.listProducts({ ...search, pageToken });
    list.push(page.products);
    pageToken = page.nextPageToken;
  } while (pageToken);
  return list;
}

const namesOf = (products: readonly Product[]) => products.map(({ name }) => name);

describe("a list", () => {
  it("has 24 products by name by default, the total, and a next page", async () => {
    const first = await service.client.listProducts({});
    expect(first.products).toHaveLength(24);
    expect(first.totalSize).toBe(5_000n);
    const second = await service.client.listProducts({ pageToken: first.nextPageToken });
    const names = namesOf([...first.products, ...second.products]);
    expect(names).toEqual([...names].sort());
    expect(new Set([...first.products, ...second.products].map(({ id }) => id)).size).toBe(48);
  });

  it("returns each of 5,000 products once, and no token after the last page", async () => {
    const all = await pages({ pageSize: 100 });
    expect(all).toHaveLength(50);
    expect(new Set(all.flat().map(({ id }) => id)).size).toBe(5_000);
  });

  it("skips and repeats nothing among products of the same name", async () => {
    const name = `Same ${randomUUID().slice(0, 8)}`;
    await add(Array.from({ length: 10 }, () => ({ name })));
    const all = await pages({ query: name, pageSize: 3 });
    expect(all.map((page) => page.length)).toEqual([3, 3, 3, 1]);
    expect(new Set(all.flat().map(({ id }) => id)).size).toBe(10);
  });

  it("continues after names and words of maximum length, in any script", async () => {
    const word = "слово".repeat(20);
    const name = `${word} ${'\u0001"\\'.repeat(6)}`;
    await add([1, 2, 3].map(() => ({ name })));
    expect((await pages({ query: word, pageSize: 1 })).map((page) => page.length)).toEqual([1, 1, 1]);
  });

  it("continues after an id that is not an RFC 9562 UUID, which the contract allows", async () => {
    const name = `Odd ${randomUUID().slice(0, 8)}`;
    const ids = ["00000000-0000-0000-0000-00000000002a", "ffffffff-0000-0000-0000-00000000002a"];
    await add(ids.map((id) => ({ id, name })));
    expect((await pages({ query: name, pageSize: 1 })).map((page) => page.length)).toEqual([1, 1]);
  });

  it("continues if the last product of the page was deleted", async () => {
    const name = `Gone ${randomUUID().slice(0, 8)}`;
    await add([1, 2, 3].map(() => ({ name })));
    const first = await service.client.listProducts({ query: name, pageSize: 1 });
    await service.client.deleteProduct({ id: first.products[0]?.id ?? "" });
    const rest = await service.client.listProducts({ query: name, pageToken: first.nextPageToken });
    expect(rest.products).toHaveLength(2);
  });

  it("is limited to a category", async () => {
    const { products, totalSize } = await service.client.listProducts({ category: Category.CATEGORY_TOYS });
    expect(totalSize).toBe(625n);
    expect(new Set(products.map(({ category }) => category))).toEqual(new Set([Category.CATEGORY_TOYS]));
  });

  it.each([
    ["a page of 101", { pageSize: 101 }, "page_size"],
    ["a page of -1", { pageSize: -1 }, "page_size"],
    ["an unknown category", { category: 42 as Category }, "category"],
    ["a query above its limit", { query: "x".repeat(101) }, "query"],
  ])("rejects %s", async (_, request, field) => {
    await expect(service.client.listProducts(request)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      violations: [{ field }],
    });
  });
});

describe("a page token", () => {
  const refusal = { code: "INVALID_ARGUMENT", reason: "PAGE_TOKEN_INVALID" };

  it("is only valid for its search", async () => {
    const { nextPageToken: pageToken } = await service.client.listProducts({ query: "wool" });
    const others = [{}, { query: "Wool" }, { query: "wool", category: Category.CATEGORY_HOME }];
    for (const other of others) {
      await expect(service.client.listProducts({ ...other, pageToken })).rejects.toMatchObject(refusal);
    }
  });

  const written = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const cursor = { name: "a", id: randomUUID(), words: "", category: 0 };

  it.each([
    ["nonsense", "nonsense"],
    ["no object", written(null)],
    ["an object without what it needs", written({ name: "a" })],
    ["an id that is none", written({ ...cursor, id: "'; drop table products" })],
    ["a name that is none", written({ ...cursor, name: ["a"] })],
  ])("that is %s is refused", async (_, pageToken) => {
    await expect(service.client.listProducts({ pageToken })).rejects.toMatchObject(refusal);
  });

  it("with a character that PostgreSQL rejects is not an internal error", async () => {
    const pageToken = written({ ...cursor, name: "a\u0000" });
    await expect(service.client.listProducts({ pageToken })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

describe("a search", () => {
  it("matches all words as prefixes in the name or the description", async () => {
    const { products } = await service.client.listProducts({ query: "bow ceram", pageSize: 100 });
    expect(namesOf(products)).toEqual(["Ceramic Bowl"]);
  });

  it.each([
    ["T-shirt", "Striped T-shirt"],
    ["usb-c", "USB-C cable, 2.5 m"],
    ["2.5", "USB-C cable, 2.5 m"],
    ["5 m", "USB-C cable, 2.5 m"],
    ["com", "Print from example.com/shop"],
    ["example.com", "Print from example.com/shop"],
    ["shop", "Print from example.com/shop"],
    ["ädle", "Ädler Füller"],
    ["FÜLLER", "Ädler Füller"],
    ["свет", "Тёплый Свет"],
    ["20", "10-20 Puzzle"],
    ["cafe\u0301", "Caf\u00e9 Noir"],
  ])("for %s finds %s", async (query, name) => {
    if ((await service.client.listProducts({ query: name })).totalSize === 0n) await add([{ name }]);
    const found = (await pages({ query, pageSize: 100 })).flat();
    expect(namesOf(found)).toContain(name);
  });

  it.each(["a & b | !c", "':*", "\\", "<->", "%", "(", "\u0000", "½", "  ", "🐻"])(
    "for %j is no syntax and no failure",
    async (query) => {
      const { totalSize } = await service.client.listProducts({ query });
      expect(totalSize).toBeGreaterThanOrEqual(0n);
    },
  );

  it("without matches finds nothing", async () => {
    expect(await service.client.listProducts({ query: "xyzzy" })).toEqual({
      products: [],
      nextPageToken: "",
      totalSize: 0n,
    });
  });

  it("accepts a description of maximum length without spaces", async () => {
    const name = `Long ${randomUUID().slice(0, 8)}`;
    await add([{ name, description: "щ".repeat(2_000) }]);
    expect((await service.client.listProducts({ query: name })).totalSize).toBe(1n);
    expect((await service.client.listProducts({ query: "щ".repeat(100) })).totalSize).toBe(1n);
  });
});
