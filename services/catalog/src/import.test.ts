import { createHash, randomUUID } from "node:crypto";
import {
  CatalogService,
  Category,
  type ImportProductsRequestInput,
  ProductChanged,
  type ProductInput,
} from "@mesh/contracts/catalog/v1";
import { openTestService, type TestService } from "@mesh/testing/service";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { catalog } from "./service.ts";

let service: TestService<NonNullable<typeof CatalogService.types>>;

beforeAll(async () => {
  service = await openTestService(CatalogService, catalog);
});
afterAll(() => service?.[Symbol.asyncDispose]());

const price = { minorUnits: 100n, currency: "EUR" };

const products = (count: number): ProductInput[] => {
  return Array.from({ length: count }, (_, at) => {
    return { id: randomUUID(), name: `Product ${at}`, category: Category.CATEGORY_TOYS, price };
  });
};

async function* parts(...lists: ProductInput[][]): AsyncGenerator<ImportProductsRequestInput> {
  for (const list of lists) yield { products: list };
}

const checksumOf = (list: readonly ProductInput[]) => {
  return new Uint8Array(
    createHash("sha256")
      .update(list.map(({ id }) => id).join(""))
      .digest(),
  );
};

async function storedOf(list: readonly ProductInput[]) {
  const ids = list.slice(0, 100).map(({ id }) => id ?? "");
  return (await service.client.batchGetProducts({ ids })).products;
}

describe("an import", () => {
  it("counts new, changed and unchanged products, and hashes the ids in their order", async () => {
    const list = products(250);
    const first = await service.client.importProducts(parts(list.slice(0, 200), list.slice(200)));
    expect(first).toEqual({ created: 250, updated: 0, unchanged: 0, checksum: checksumOf(list) });
    expect(first.checksum.constructor).toBe(Uint8Array);

    const next = [
      ...products(2),
      ...list.map((product, at) => (at < 3 ? { ...product, description: "new" } : product)),
    ];
    const second = await service.client.importProducts(
      parts(next.slice(0, 100), next.slice(100, 200), next.slice(200)),
    );
    expect(second).toEqual({ created: 2, updated: 3, unchanged: 247, checksum: checksumOf(next) });
    expect((await storedOf(next)).map(({ revision }) => revision).slice(0, 6)).toEqual([1n, 1n, 2n, 2n, 2n, 1n]);
    const told = (await service.published(ProductChanged)).filter(({ productId }) => {
      return list.some(({ id }) => id === productId);
    });
    expect(told).toHaveLength(253);
    expect(told.slice(250).map(({ product }) => product?.description)).toEqual(["new", "new", "new"]);
  });

  it("without parts stores nothing, and has the checksum of no ids", async () => {
    const answer = await service.client.importProducts(parts());
    expect(answer).toEqual({ created: 0, updated: 0, unchanged: 0, checksum: checksumOf([]) });
  });

  it("ignores fields that only the service sets", async () => {
    const [product] = products(1);
    await service.client.importProducts(
      parts([{ ...product, revision: 42n, createdAt: new Date(-1) } as ProductInput]),
    );
    const [stored] = await storedOf([product as ProductInput]);
    expect(stored?.revision).toBe(1n);
    expect(stored?.createdAt?.getTime()).toBeGreaterThan(0);
  });

  it("may contain a product in two parts, and the second wins", async () => {
    const [product] = products(1) as [ProductInput];
    const answer = await service.client.importProducts(parts([product], [{ ...product, name: "Second" }]));
    expect(answer).toMatchObject({ created: 1, updated: 1, unchanged: 0 });
    expect((await storedOf([product]))[0]?.name).toBe("Second");
  });
});

describe("a failed import stores and publishes nothing", () => {
  const refused = async (sent: AsyncIterable<ImportProductsRequestInput>, list: ProductInput[], expected: object) => {
    await expect(service.client.importProducts(sent)).rejects.toMatchObject(expected);
    expect(await storedOf(list)).toEqual([]);
    const told = await service.published(ProductChanged);
    expect(told.filter(({ productId }) => list.some(({ id }) => id === productId))).toEqual([]);
  };

  it("when the stream breaks", async () => {
    const list = products(3);
    const broken = async function* () {
      yield* parts(list);
      throw new Error("the file ended early");
    };
    const failing = service.client.importProducts(broken());
    await expect(failing).rejects.toThrow();
    expect(await storedOf(list)).toEqual([]);
  });

  it("when the client cancels", async () => {
    const list = products(3);
    const leaving = new AbortController();
    const endless = async function* () {
      yield* parts(list);
      leaving.abort();
      await new Promise(() => {});
    };
    await expect(service.client.importProducts(endless(), leaving)).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await storedOf(list)).toEqual([]);
    // Its locks are gone with it.
    expect(await service.client.importProducts(parts(list))).toMatchObject({ created: 3 });
  });

  it("when the deadline expires", async () => {
    const list = products(3);
    const endless = async function* () {
      yield* parts(list);
      await new Promise(() => {});
    };
    const failing = service.client.importProducts(endless(), { timeoutMs: 300 });
    await expect(failing).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(await service.client.importProducts(parts(list))).toMatchObject({ created: 3 });
  });

  it("when a part lists a product twice, also in capital letters", async () => {
    const list = products(2);
    for (const id of [list[0]?.id ?? "", (list[0]?.id ?? "").toUpperCase()]) {
      const twice = [...list, { ...list[1], id } as ProductInput];
      const violations = [{ field: "products[2].id" }];
      await refused(parts(list, twice), list, { code: "INVALID_ARGUMENT", violations });
    }
  });

  it("when a later part has a product without a price, or more than 200 products", async () => {
    const list = products(2);
    const free = { ...list[1], price: { minorUnits: 0n, currency: "EUR" } } as ProductInput;
    await refused(parts(list, [free]), list, { code: "INVALID_ARGUMENT" });
    await refused(parts(list, products(201)), list, { code: "INVALID_ARGUMENT" });
  });
});

it("concurrent imports of the same products in different orders all complete, and store each product once", async () => {
  const list = products(100);
  const orders = [list, [...list].reverse(), list, [...list].reverse()];
  const named = orders.map((order, at) => order.map((product) => ({ ...product, name: `Round ${at}` })));
  const answers = await Promise.all(named.map((order) => service.client.importProducts(parts(order))));
  expect(answers.reduce((sum, { created }) => sum + created, 0)).toBe(100);
  expect(answers.reduce((sum, { updated }) => sum + updated, 0)).toBe(300);
  expect(new Set((await storedOf(list)).map(({ name }) => name)).size).toBe(1);
});

it("of two overlapping imports, one is stored completely, and one can be retried", async () => {
  const [one, other] = products(2) as [ProductInput, ProductInput];
  const holding = `select count(distinct pid)::int as count from pg_locks join pg_stat_activity using (pid)
    where relation = 'products'::regclass and mode = 'RowExclusiveLock' and state = 'idle in transaction'`;
  const isHeld = () => vi.waitFor(async () => expect(await service.query(holding)).toEqual([{ count: 2 }]), 5_000);
  let bothHold: Promise<void> | undefined;
  async function* crossing(first: ProductInput, second: ProductInput) {
    yield* parts([first]);
    bothHold ??= isHeld();
    await bothHold;
    yield* parts([second]);
  }
  const tries = [crossing(one, other), crossing(other, one)].map((sent) => service.client.importProducts(sent));
  const outcomes = await Promise.allSettled(tries);
  const failed = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  expect(failed).toEqual([expect.objectContaining({ code: "ABORTED" })]);
  expect(await storedOf([one, other])).toHaveLength(2);
});

it("ten idle imports leave connections to queries", async () => {
  const leaving = new AbortController();
  const idle = async function* () {
    yield* parts(products(1));
    await new Promise(() => {});
  };
  const imports = Array.from({ length: 10 }, () => service.client.importProducts(idle(), leaving));
  const codes: string[] = [];
  const ends = imports.map((one) => one.catch(({ code }: { code: string }) => codes.push(code)));
  await vi.waitFor(() => expect(codes).toEqual(Array(5).fill("RESOURCE_EXHAUSTED")), 10_000);
  const queries = Array.from({ length: 20 }, () => service.client.listProducts({}));
  expect(await Promise.all(queries)).toHaveLength(20);
  leaving.abort();
  await Promise.all(ends);
  await vi.waitFor(() => service.client.importProducts(parts()), 5_000);
});

it("an import that is idle for ten seconds gives its connection back", { timeout: 60_000 }, async () => {
  const list = products(2);
  const idle = async function* () {
    yield* parts(list);
    await new Promise(() => {});
  };
  await expect(service.client.importProducts(idle())).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: "the caller of catalog.v1.CatalogService/ImportProducts sent nothing for 10000 ms",
  });
  const open = "select count(*)::int as count from pg_stat_activity where state like 'idle in transaction%'";
  await vi.waitFor(async () => expect(await service.query(open)).toEqual([{ count: 0 }]), 5_000);
  expect(await storedOf(list)).toEqual([]);
});
