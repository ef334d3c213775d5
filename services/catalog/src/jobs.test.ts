import { randomUUID } from "node:crypto";
import { CatalogService, Category, ProductChanged, type ProductInput } from "@mesh/contracts/catalog/v1";
import { JobState } from "@mesh/contracts/mesh/v1";
import { openTestService, type TestService } from "@mesh/testing/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "./service.ts";

let service: TestService<NonNullable<typeof CatalogService.types>>;

beforeAll(async () => {
  service = await openTestService(CatalogService, catalog, { settings: { FILES_DIR: "unused" } });
});
afterAll(() => service?.[Symbol.asyncDispose]());

const price = { minorUnits: 100n, currency: "EUR" };
const products = (count: number): ProductInput[] =>
  Array.from({ length: count }, (_, at) => {
    return { id: randomUUID(), name: `Imported ${at}`, category: Category.CATEGORY_TOYS, price };
  });

/** Follows an import to its end. */
async function endOf(id: string) {
  const seen = [];
  for await (const response of service.client.watchImport({ id })) seen.push(response);
  return seen;
}

test("an import is done after the call, reports its progress, and has a result", async () => {
  const list = products(35);
  const { id } = await service.client.startImport({ products: list });
  const seen = await endOf(id);
  expect(seen.at(-1)).toEqual({
    status: { id, state: JobState.JOB_STATE_COMPLETED, attempts: 1, done: 0, total: 0, note: "", failure: "" },
    result: { created: 35, updated: 0, unchanged: 0 },
  });
  const progress = seen.filter(({ status }) => status.total > 0);
  expect(progress.every(({ status }) => status.total === 35)).toBe(true);
  expect(await service.published(ProductChanged)).toHaveLength(35);
  const { products: found } = await service.client.batchGetProducts({ ids: list.map((one) => one.id ?? "") });
  expect(found).toHaveLength(35);

  const again = await service.client.startImport({ products: [...list.slice(0, 30), ...products(2)] });
  expect((await endOf(again.id)).at(-1)?.result).toEqual({ created: 2, updated: 0, unchanged: 30 });
});

test("an import that is cancelled has ended, and one that is unknown is not found", async () => {
  const { id } = await service.client.startImport({ products: products(200) });
  await service.client.cancelImport({ id });
  const last = (await endOf(id)).at(-1);
  expect(last?.status.state).toBe(JobState.JOB_STATE_CANCELLED);
  await service.client.cancelImport({ id });
  const unknown = service.client.watchImport({ id: randomUUID() });
  await expect(unknown[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: "IMPORT_NOT_FOUND" });
});

test("an import that lists a product twice is rejected before it is enqueued", async () => {
  const [one] = products(1);
  const twice = service.client.startImport({ products: [one, one] as ProductInput[] });
  await expect(twice).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
