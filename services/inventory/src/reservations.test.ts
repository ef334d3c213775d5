import { randomUUID } from "node:crypto";
import { InventoryService, ReleaseReason, StockReleased, StockReserved } from "@mesh/contracts/inventory/v1";
import { CancelReason, OrderCancelled, OrderConfirmed } from "@mesh/contracts/orders/v1";
import { patiently } from "@mesh/testing";
import { openTestService, type TestService } from "@mesh/testing/service";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { inventory } from "./service.ts";

let service: TestService<NonNullable<typeof InventoryService.types>>;

beforeAll(async () => {
  service = await openTestService(InventoryService, inventory, { settings: { RESERVATION_TIMEOUT_MS: 60_000 } });
});
afterAll(() => service?.[Symbol.asyncDispose]());

async function put(...available: bigint[]): Promise<string[]> {
  const counts = available.map((pieces) => ({ productId: randomUUID(), available: pieces }));
  await service.client.setStock({ counts });
  return counts.map(({ productId }) => productId);
}

async function stockOf(productId: string): Promise<(bigint | undefined)[]> {
  const { stock } = await service.client.getStock({ productId });
  return [stock?.available, stock?.reserved];
}

const reserve = (orderId: string, productId: string, quantity = 1) => {
  return service.client.reserveStock({ orderId, items: [{ productId, quantity }] });
};

describe("a reservation", () => {
  it("moves the stock, and is published", async () => {
    const [a = "", b = ""] = (await put(5n, 5n)).sort();
    const orderId = randomUUID();
    const items = [
      { productId: a, quantity: 2 },
      { productId: b, quantity: 5 },
    ];
    const { expiresAt } = await service.client.reserveStock({ orderId, items });
    expect([await stockOf(a), await stockOf(b)]).toEqual([
      [3n, 2n],
      [0n, 5n],
    ]);
    expect((await published(StockReserved)).filter((event) => event.orderId === orderId)).toEqual([
      { orderId, items, expiresAt },
    ]);
  });

  it("is the same when it is repeated, in any order and concurrently", async () => {
    const [a = "", b = ""] = await put(1n, 1n);
    const orderId = randomUUID();
    const items = [a, b].map((productId) => ({ productId, quantity: 1 }));
    const lists = Array.from({ length: 12 }, (_, at) => (at % 2 ? items : [...items].reverse()));
    await Promise.all(lists.map((list) => service.client.reserveStock({ orderId, items: list })));
    expect([await stockOf(a), await stockOf(b)]).toEqual([
      [0n, 1n],
      [0n, 1n],
    ]);
    expect((await published(StockReserved)).filter((event) => event.orderId === orderId)).toHaveLength(1);
  });

  it("is extended when it is repeated", async () => {
    const [productId = ""] = await put(1n);
    const orderId = randomUUID();
    await reserve(orderId, productId);
    const expires = "select expires_at as at from reservations where order_id = $1";
    await service.query("update reservations set expires_at = now() + interval '5 s' where order_id = $1", [orderId]);
    const askedAt = Date.now();
    const { expiresAt } = await reserve(orderId, productId);
    expect(expiresAt?.getTime()).toBeGreaterThanOrEqual(askedAt + 60_000);
    expect(await service.query(expires, [orderId])).toEqual([{ at: expiresAt }]);
  });

  it("is published with the canonical id", async () => {
    const [productId = ""] = await put(1n);
    const orderId = randomUUID();
    await reserve(orderId.toUpperCase(), productId);
    await service.client.releaseStock({ orderId: orderId.toUpperCase() });
    const told = [...(await published(StockReserved)), ...(await published(StockReleased))];
    expect(told.filter((event) => event.orderId === orderId)).toHaveLength(2);
  });

  it("of other items for the same order is a conflict", async () => {
    const [productId = "", other = ""] = await put(5n, 5n);
    const orderId = randomUUID();
    await reserve(orderId, productId);
    const conflict = { code: "FAILED_PRECONDITION", reason: "RESERVATION_CONFLICT", metadata: { orderId } };
    await expect(reserve(orderId, productId, 2)).rejects.toMatchObject(conflict);
    await expect(reserve(orderId, other)).rejects.toMatchObject(conflict);
    expect([await stockOf(productId), await stockOf(other)]).toEqual([
      [4n, 1n],
      [5n, 0n],
    ]);
  });

  it("reserves all or nothing", async () => {
    const [plenty = "", scarce = ""] = await put(5n, 1n);
    const orderId = randomUUID();
    const items = [plenty, scarce].map((productId) => ({ productId, quantity: 2 }));
    await expect(service.client.reserveStock({ orderId, items })).rejects.toMatchObject({
      reason: "OUT_OF_STOCK",
      metadata: { productId: scarce, requested: 2, available: 1n },
    });
    const unknown = [...items.slice(0, 1), { productId: randomUUID(), quantity: 1 }];
    await expect(service.client.reserveStock({ orderId, items: unknown })).rejects.toMatchObject({
      reason: "STOCK_NOT_FOUND",
    });
    expect([await stockOf(plenty), await stockOf(scarce)]).toEqual([
      [5n, 0n],
      [1n, 0n],
    ]);
    // The failed reservations left nothing behind.
    await reserve(orderId, plenty);
  });

  it("that lists a product twice is rejected, also in capital letters", async () => {
    const [productId = ""] = await put(5n);
    for (const second of [productId, productId.toUpperCase()]) {
      const items = [productId, second].map((id) => ({ productId: id, quantity: 4 }));
      await expect(service.client.reserveStock({ orderId: randomUUID(), items })).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        violations: [{ field: "items[1].product_id" }],
      });
    }
    expect(await stockOf(productId)).toEqual([5n, 0n]);
  });

  it("never exceeds the stock: 50 concurrent reservations for 20 items", async () => {
    const [productId = ""] = await put(20n);
    const tries = Array.from({ length: 50 }, () => {
      const orderId = randomUUID();
      return patiently(() => reserve(orderId, productId));
    });
    const outcomes = await Promise.allSettled(tries);
    const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(failures).toHaveLength(30);
    for (const failure of failures) expect(failure).toMatchObject({ reason: "OUT_OF_STOCK" });
    expect(await stockOf(productId)).toEqual([0n, 20n]);
  });

  it("does not deadlock with another one that lists the same products in a different order", async () => {
    const ids = await put(...Array.from({ length: 8 }, () => 1_000n));
    const orders = Array.from({ length: 40 }, (_, at) => {
      const list = at % 2 ? ids : [...ids].reverse();
      return { orderId: randomUUID(), items: list.map((productId) => ({ productId, quantity: 1 })) };
    });
    await Promise.all(orders.map((order) => patiently(() => service.client.reserveStock(order))));
    await Promise.all(orders.map(({ orderId }) => patiently(() => service.client.releaseStock({ orderId }))));
    expect(await Promise.all(ids.map(stockOf))).toEqual(ids.map(() => [1_000n, 0n]));
  });
});

describe("a release", () => {
  it("returns the stock once, and is published", async () => {
    const [productId = ""] = await put(5n);
    const orderId = randomUUID();
    await reserve(orderId, productId, 2);
    await Promise.all([1, 2, 3].map(() => service.client.releaseStock({ orderId })));
    expect(await stockOf(productId)).toEqual([5n, 0n]);
    const reason = ReleaseReason.RELEASE_REASON_REQUESTED;
    expect((await published(StockReleased)).filter((event) => event.orderId === orderId)).toEqual([
      { orderId, items: [{ productId, quantity: 2 }], reason },
    ]);
    await service.client.releaseStock({ orderId: randomUUID() });
  });

  it("lets the order reserve again, also different items", async () => {
    const [productId = "", other = ""] = await put(5n, 5n);
    const orderId = randomUUID();
    await reserve(orderId, productId, 2);
    await service.client.releaseStock({ orderId });
    await reserve(orderId, other, 3);
    expect([await stockOf(productId), await stockOf(other)]).toEqual([
      [5n, 0n],
      [2n, 3n],
    ]);
  });

  it("follows a cancelled order, once, even if the event is repeated", async () => {
    const [productId = ""] = await put(5n);
    const orderId = randomUUID();
    await reserve(orderId, productId, 2);
    const cancelled = { orderId, reason: CancelReason.CANCEL_REASON_CUSTOMER };
    for (const _ of [1, 2]) await service.send(OrderCancelled, cancelled);
    await vi.waitFor(async () => expect(await stockOf(productId)).toEqual([5n, 0n]), 5_000);
    await handled(OrderCancelled.subject, 2);
    expect(await stockOf(productId)).toEqual([5n, 0n]);
  });
});

describe("a confirmed order", () => {
  it("takes its stock for good, once, even if the event is repeated, and can't be released or reserved again", async () => {
    const [productId = ""] = await put(5n);
    const orderId = randomUUID();
    await reserve(orderId, productId, 2);
    const confirmed = { orderId, paymentId: randomUUID() };
    for (const _ of [1, 2]) await service.send(OrderConfirmed, confirmed);
    await handled(OrderConfirmed.subject, 2);
    expect(await stockOf(productId)).toEqual([3n, 0n]);
    await service.client.releaseStock({ orderId });
    expect(await stockOf(productId)).toEqual([3n, 0n]);
    await expect(reserve(orderId, productId, 2)).rejects.toMatchObject({ reason: "RESERVATION_CONFLICT" });
  });

  it("whose reservation expired still takes its stock, below zero, and this is logged", async () => {
    const [productId = ""] = await put(2n);
    const orderId = randomUUID();
    await reserve(orderId, productId, 2);
    await service.client.releaseStock({ orderId });
    await reserve(randomUUID(), productId, 1);
    await service.send(OrderConfirmed, { orderId, paymentId: randomUUID() });
    await vi.waitFor(async () => expect(await stockOf(productId)).toEqual([-1n, 1n]), 5_000);
    expect(service.logged).toContainEqual(expect.objectContaining({ orderId, outcome: "late" }));
    await expect(reserve(randomUUID(), productId)).rejects.toMatchObject({ metadata: { available: -1n } });
  });
});

describe("time", () => {
  it("releases unconfirmed reservations, and only those", async () => {
    const [productId = "", kept = ""] = await put(5n, 5n);
    const orderIds = [1, 2].map(() => randomUUID());
    const confirmedId = randomUUID();
    for (const id of orderIds) await reserve(id, productId, 2);
    await reserve(confirmedId, kept, 2);
    await service.send(OrderConfirmed, { orderId: confirmedId, paymentId: randomUUID() });
    await vi.waitFor(async () => expect(await stockOf(kept)).toEqual([3n, 0n]), 5_000);
    const past = "update reservations set expires_at = '1969-12-31T23:59:59.999Z' where order_id = any($1)";
    await service.query(past, [[orderIds[0], confirmedId]]);
    await vi.waitFor(async () => expect(await stockOf(productId)).toEqual([3n, 2n]), 5_000);
    expect(await stockOf(kept)).toEqual([3n, 0n]);
    const released = (await published(StockReleased)).filter((event) => event.orderId === orderIds[0]);
    expect(released.map(({ reason }) => reason)).toEqual([ReleaseReason.RELEASE_REASON_EXPIRED]);
  });

  it("expires many reservations while others reserve the same products, without deadlocks", async () => {
    const ids = (await put(...Array.from({ length: 6 }, () => 10_000n))).sort();
    const expiring = Array.from({ length: 60 }, (_, at) => ({
      orderId: randomUUID(),
      productId: ids[5 - (at % 6)] ?? "",
    }));
    for (const { orderId, productId } of expiring) await patiently(() => reserve(orderId, productId));
    const both = ids.map((productId) => ({ productId, quantity: 1 }));
    let isOver = false;
    const busy = [1, 2, 3].map(async () => {
      while (!isOver) {
        const orderId = randomUUID();
        await patiently(() => service.client.reserveStock({ orderId, items: both }));
        await patiently(() => service.client.releaseStock({ orderId }));
      }
    });
    await service.query("update reservations set expires_at = now() where order_id = any($1)", [
      expiring.map(({ orderId }) => orderId),
    ]);
    const left = "select count(*)::int as left from reservations where status = 'active' and order_id = any($1)";
    await vi.waitFor(async () => {
      const rows = await service.query(left, [expiring.map(({ orderId }) => orderId)]);
      expect(rows).toEqual([{ left: 0 }]);
    }, 10_000);
    isOver = true;
    await Promise.all(busy);
    expect(service.logged.filter((entry) => JSON.stringify(entry).includes("deadlock"))).toEqual([]);
    expect(await Promise.all(ids.map(stockOf))).toEqual(ids.map(() => [10_000n, 0n]));
  });
});

const published: TestService<never>["published"] = (event) => service.published(event);

/** Waits until so many events of a subject were handled. */
async function handled(subject: string, atLeast: number): Promise<void> {
  const sql = "select count(*)::int as count from inbox where consumer = $1";
  const consumer = `inventory_${subject.replaceAll(".", "_")}`;
  await vi.waitFor(async () => {
    const [row] = await service.query<{ count: number }>(sql, [consumer]);
    expect(row?.count).toBeGreaterThanOrEqual(atLeast);
  }, 5_000);
}
