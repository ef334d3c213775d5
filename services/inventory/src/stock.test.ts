import { randomUUID } from "node:crypto";
import { InventoryService, type StockLevel } from "@mesh/contracts/inventory/v1";
import { openTestService, type TestService } from "@mesh/testing/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inventory } from "./service.ts";

let service: TestService<NonNullable<typeof InventoryService.types>>;

beforeAll(async () => {
  service = await openTestService(InventoryService, inventory, { settings: { RESERVATION_TIMEOUT_MS: 60_000 } });
});
afterAll(() => service?.[Symbol.asyncDispose]());

const put = (...available: bigint[]) => {
  const counts = available.map((pieces) => ({ productId: randomUUID(), available: pieces }));
  return service.client.setStock({ counts }).then(() => counts.map(({ productId }) => productId));
};

describe("stock", () => {
  it("is set and returned in the requested order, without unknown products", async () => {
    const [a = "", b = ""] = await put(3n, 1_000_000_000n);
    expect(await service.client.getStock({ productId: a })).toEqual({ stock: level(a, 3n) });
    const { stock } = await service.client.batchGetStock({ productIds: [b, randomUUID(), a] });
    expect(stock).toEqual([level(b, 1_000_000_000n), level(a, 3n)]);
  });

  it("that was never set is not found", async () => {
    const productId = randomUUID();
    await expect(service.client.getStock({ productId })).rejects.toMatchObject({
      code: "NOT_FOUND",
      reason: "STOCK_NOT_FOUND",
      metadata: { productId },
    });
  });

  it("that is set again keeps reservations", async () => {
    const [productId = ""] = await put(5n);
    await service.client.reserveStock({ orderId: randomUUID(), items: [{ productId, quantity: 2 }] });
    await service.client.setStock({ counts: [{ productId, available: 10n }] });
    expect(await service.client.getStock({ productId })).toEqual({ stock: level(productId, 10n, 2n) });
  });

  it("is found by an id in capital letters too, which UUIDs may have", async () => {
    const [productId = ""] = await put(5n);
    const shouted = productId.toUpperCase();
    expect(await service.client.getStock({ productId: shouted })).toEqual({ stock: level(productId, 5n) });
    const twice = [productId, shouted].map((id) => ({ productId: id, available: 1n }));
    await expect(service.client.setStock({ counts: twice })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await service.client.reserveStock({ orderId: randomUUID(), items: [{ productId: shouted, quantity: 2 }] });
    expect(await service.client.getStock({ productId })).toEqual({ stock: level(productId, 3n, 2n) });
  });

  it("of a list that contains a product twice is rejected", async () => {
    const [productId = ""] = await put(5n);
    const counts = [1n, 2n].map((available) => ({ productId, available }));
    await expect(service.client.setStock({ counts })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      violations: [{ field: "counts[1].product_id" }],
    });
  });

  it.each([-1n, 1_000_000_001n, 2n ** 63n - 1n])("of %s items is rejected", async (available) => {
    const counts = [{ productId: randomUUID(), available }];
    await expect(service.client.setStock({ counts })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      violations: [{ field: "counts[0].available" }],
    });
  });

  it("of 500 products is set concurrently, in any order", async () => {
    const ids = Array.from({ length: 500 }, () => randomUUID());
    const orders = [ids, [...ids].reverse(), [...ids].sort(), [...ids].sort().reverse()];
    const setAll = orders.map((productIds, at) => {
      return service.client.setStock({ counts: productIds.map((productId) => ({ productId, available: BigInt(at) })) });
    });
    await Promise.all(setAll);
    const { stock } = await service.client.batchGetStock({ productIds: ids.slice(0, 100) });
    expect(new Set(stock.map(({ available }) => available)).size).toBe(1);
  });
});

describe("a watcher", () => {
  it("receives the current stock, then each change of its products only", async () => {
    const [watched = "", other = ""] = await put(5n, 5n);
    const stream = service.client.watchStock({ productIds: [watched, randomUUID()] })[Symbol.asyncIterator]();
    const next = async () => (await stream.next()).value?.stock;
    expect(await next()).toEqual(level(watched, 5n));
    await service.client.setStock({ counts: [{ productId: other, available: 1n }] });
    const orderId = randomUUID();
    await service.client.reserveStock({ orderId, items: [{ productId: watched, quantity: 2 }] });
    expect(await next()).toEqual(level(watched, 3n, 2n));
    await service.client.releaseStock({ orderId });
    expect(await next()).toEqual(level(watched, 5n));
    await stream.return?.();
  });

  it("receives a change of more products than fit into a notification", async () => {
    const ids = await put(...Array.from({ length: 150 }, () => 1n));
    const last = ids.at(-1) ?? "";
    const stream = service.client.watchStock({ productIds: [last.toUpperCase()] })[Symbol.asyncIterator]();
    expect((await stream.next()).value?.stock).toEqual(level(last, 1n));
    await service.client.setStock({ counts: ids.map((productId) => ({ productId, available: 9n })) });
    expect((await stream.next()).value?.stock).toEqual(level(last, 9n));
    await service.client.setStock({ counts: [{ productId: last, available: 8n }] });
    expect((await stream.next()).value?.stock).toEqual(level(last, 8n));
    await stream.return?.();
  });

  it("receives a count whose product id is in capital letters", async () => {
    const [productId = ""] = await put(5n);
    const stream = service.client.watchStock({ productIds: [productId] })[Symbol.asyncIterator]();
    expect((await stream.next()).value?.stock).toEqual(level(productId, 5n));
    async function* scanner() {
      yield { count: { productId: productId.toUpperCase(), available: 7n } };
    }
    for await (const { productId: counted } of service.client.countStock(scanner())) expect(counted).toBe(productId);
    expect((await stream.next()).value?.stock).toEqual(level(productId, 7n));
    await stream.return?.();
  });

  it("that leaves frees its resources", async () => {
    const [productId = ""] = await put(5n);
    const leaving = new AbortController();
    const seen: StockLevel[] = [];
    const watching = (async () => {
      for await (const { stock } of service.client.watchStock({ productIds: [productId] }, leaving)) {
        if (stock) seen.push(stock);
        leaving.abort();
      }
    })();
    await expect(watching).rejects.toMatchObject({ code: "CANCELLED" });
    expect(seen).toEqual([level(productId, 5n)]);
  });
});

describe("a count of the shelves", () => {
  it("is answered product by product, while the scanner continues", async () => {
    const [known = ""] = await put(5n);
    const unknown = randomUUID();
    const counted: { productId: string; expected: bigint; counted: bigint }[] = [];
    let heard = () => {};
    async function* scanner() {
      yield { count: { productId: known.toUpperCase(), available: 7n } };
      // Goes on only once the first is answered: both ways are open at a time.
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
      yield { count: { productId: unknown, available: 0n } };
    }
    for await (const answer of service.client.countStock(scanner())) {
      counted.push(answer);
      heard();
    }
    expect(counted.map(({ expected, counted: now }) => [expected, now])).toEqual([
      [5n, 7n],
      [0n, 0n],
    ]);
    expect(await service.client.getStock({ productId: known })).toEqual({ stock: level(known, 7n) });
  });
});

function level(productId: string, available: bigint, reserved = 0n): StockLevel {
  return { productId, available, reserved };
}
