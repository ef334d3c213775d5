import { randomUUID } from "node:crypto";
import { MeshError } from "@mesh/contracts";
import { InventoryError } from "@mesh/contracts/inventory/v1";
import { OrderPlaced, OrderStatus } from "@mesh/contracts/orders/v1";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openShop, orderOf, type Shop } from "../fixtures/shop.ts";

let shop: Shop;
const customerId: string = randomUUID();

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.[Symbol.asyncDispose]());
beforeEach(() => {
  shop.beforeReserve = () => {};
});

const most = 2n ** 63n - 1n;
const place = (request: ReturnType<typeof orderOf>, by = customerId) => shop.as(by).placeOrder(request);
const count = async () => (await shop.query<{ count: number }>("select count(*)::int as count from orders"))[0]?.count;

describe("an order", () => {
  it("has the current prices and names, is published, and has its stock reserved", async () => {
    const [a, b] = [shop.sell(1_990n, { name: "Lamp" }), shop.sell(5n, { name: "Bulb" })];
    const items = [
      { productId: a, quantity: 2 },
      { productId: b, quantity: 1_000 },
    ];
    const before = Date.now();
    const { order } = await place(orderOf(items));
    const id = order?.id ?? "";
    expect(order).toMatchObject({ customerId, status: OrderStatus.ORDER_STATUS_PENDING });
    expect(order?.total).toEqual({ minorUnits: 8_980n, currency: "EUR" });
    expect(order?.lines).toEqual([
      { productId: a, name: "Lamp", quantity: 2, unitPrice: { minorUnits: 1_990n, currency: "EUR" } },
      { productId: b, name: "Bulb", quantity: 1_000, unitPrice: { minorUnits: 5n, currency: "EUR" } },
    ]);
    expect(order?.placedAt?.getTime()).toBeGreaterThanOrEqual(before);
    expect(shop.reserved.get(id)).toEqual(items);
    const told = (await shop.published(OrderPlaced)).filter(({ orderId }) => orderId === id);
    expect(told).toEqual([
      { orderId: id, customerId, total: order?.total, paymentToken: "tok_ok", placedAt: order?.placedAt },
    ]);

    shop.sell(1n, { id: a, name: "Dearer" });
    shop.products.delete(b);
    expect(await shop.as(customerId).getOrder({ id })).toEqual({ order });
  });

  it("keeps a price of 2^63-1 exactly through every hop", async () => {
    const { order } = await place(orderOf([{ productId: shop.sell(most), quantity: 1 }]));
    expect(order?.lines[0]?.unitPrice?.minorUnits).toBe(most);
    expect(order?.total?.minorUnits).toBe(most);
    const told = (await shop.published(OrderPlaced)).find(({ orderId }) => orderId === order?.id);
    expect(told?.total?.minorUnits).toBe(most);
  });

  it("keeps an odd price above 2^53 exactly", async () => {
    const minorUnits = 2n ** 53n + 1n;
    const { order } = await place(orderOf([{ productId: shop.sell(minorUnits), quantity: 3 }]));
    expect(order?.total?.minorUnits).toBe(minorUnits * 3n);
  });

  it("that costs more than 2^63-1 is rejected before anything is reserved", async () => {
    const request = orderOf([{ productId: shop.sell(most), quantity: 2 }]);
    const before = shop.reserved.size;
    await expect(place(request)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", violations: [{ field: "items" }] });
    expect(shop.reserved.size).toBe(before);
  });

  it("accepts product ids in capital letters, which UUIDs may have", async () => {
    const productId = shop.sell();
    const { order } = await place(orderOf([{ productId: productId.toUpperCase(), quantity: 1 }]));
    expect(order?.lines[0]?.productId).toBe(productId);
    const twice = [productId, productId.toUpperCase()].map((id) => ({ productId: id, quantity: 1 }));
    await expect(place(orderOf(twice))).rejects.toMatchObject({ violations: [{ field: "items[1].product_id" }] });
  });
});

describe("an order is rejected, and stores nothing,", () => {
  const refused = async (request: ReturnType<typeof orderOf>, expected: object) => {
    const before = await count();
    await expect(place(request)).rejects.toMatchObject(expected);
    expect(await count()).toBe(before);
  };

  it("for a product that the catalog does not contain", async () => {
    const productId = randomUUID();
    const items = [shop.sell(), productId].map((id) => ({ productId: id, quantity: 1 }));
    await refused(orderOf(items), { code: "FAILED_PRECONDITION", reason: "PRODUCT_UNKNOWN", metadata: { productId } });
  });

  it("for products in different currencies", async () => {
    const items = [shop.sell(), shop.sell(1n, { currency: "JPY" })].map((productId) => ({ productId, quantity: 1 }));
    await refused(orderOf(items), { code: "FAILED_PRECONDITION", reason: "MIXED_CURRENCIES" });
  });

  it("if inventory reports too little stock", async () => {
    const productId = shop.sell();
    shop.beforeReserve = () => {
      throw InventoryError.outOfStock({ productId, requested: 7, available: -1n });
    };
    const metadata = { productId, requested: 7, available: -1n };
    await refused(orderOf([{ productId, quantity: 7 }]), {
      code: "FAILED_PRECONDITION",
      domain: "orders.v1.OrderError",
      reason: "OUT_OF_STOCK",
      metadata,
    });
  });

  it("for a product without a stock level, as out of stock", async () => {
    const productId = shop.sell();
    shop.beforeReserve = () => {
      throw InventoryError.stockNotFound({ productId });
    };
    const metadata = { productId, requested: 7, available: 0n };
    await refused(orderOf([{ productId, quantity: 7 }]), { reason: "OUT_OF_STOCK", metadata });
  });

  it("as a conflict, if inventory has a different reservation for it", async () => {
    shop.beforeReserve = (orderId) => {
      throw InventoryError.reservationConflict({ orderId });
    };
    await refused(orderOf([{ productId: shop.sell(), quantity: 1 }]), { reason: "IDEMPOTENCY_CONFLICT" });
  });

  it.each(["UNAVAILABLE", "ABORTED", "RESOURCE_EXHAUSTED"] as const)(
    "with an upstream's %s unchanged",
    async (code) => {
      shop.beforeReserve = () => {
        throw new MeshError({ code, message: "not now", retryAfterMs: 50 });
      };
      await refused(orderOf([{ productId: shop.sell(), quantity: 1 }]), { code });
    },
  );

  it.each([
    ["no items", () => ({ items: [] }), "items"],
    [
      "51 items",
      () => ({ items: Array.from({ length: 51 }, () => ({ productId: randomUUID(), quantity: 1 })) }),
      "items",
    ],
    ["a quantity of zero", () => ({ items: [{ productId: randomUUID(), quantity: 0 }] }), "items[0].quantity"],
    ["a wrong key", () => ({ idempotencyKey: "1" }), "idempotency_key"],
    ["a wrong token", () => ({ paymentToken: "4111111111111111" }), "payment_token"],
    ["no address", () => ({ address: "" }), "address"],
  ])("with %s", async (_, changes, field) => {
    const request = orderOf([{ productId: randomUUID(), quantity: 1 }], changes());
    await refused(request, { code: "INVALID_ARGUMENT", violations: [{ field }] });
  });

  it("with a character that can't be stored, before anything is reserved", async () => {
    const before = shop.reserved.size;
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }], { address: "12 \u0000 Square" });
    await refused(request, { code: "INVALID_ARGUMENT" });
    expect(shop.reserved.size).toBe(before);
  });

  it("without a customer", async () => {
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }]);
    await expect(shop.client.placeOrder(request)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(place(request, "not-a-uuid")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});

describe("the same key", () => {
  it("returns the same order, whatever the order of its items and the current prices", async () => {
    const ids = [shop.sell(), shop.sell()];
    const items = ids.map((productId) => ({ productId, quantity: 1 }));
    const request = orderOf(items);
    const first = await place(request);
    for (const id of ids) shop.products.delete(id);
    const again = [request, { ...request, items: [...items].reverse() }];
    const shouted = { ...request, idempotencyKey: request.idempotencyKey.toUpperCase() };
    for (const same of [...again, shouted]) expect(await place(same)).toEqual(first);
  });

  it("places one order for many concurrent requests, also in capital letters", async () => {
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }]);
    const shouted = { ...request, idempotencyKey: request.idempotencyKey.toUpperCase() };
    const before = await count();
    const reserved = new Set<string>();
    shop.beforeReserve = (orderId) => void reserved.add(orderId);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => place(at % 2 ? request : shouted)));
    expect(new Set(answers.map(({ order }) => order?.id)).size).toBe(1);
    expect(await count()).toBe((before ?? 0) + 1);
    expect(reserved.size).toBe(1);
    const told = (await shop.published(OrderPlaced)).filter(({ orderId }) => orderId === answers[0]?.order?.id);
    expect(told).toHaveLength(1);
  });

  it.each([
    ["items", { items: [{ productId: randomUUID(), quantity: 1 }] }],
    ["a token", { paymentToken: "tok_slow" }],
    ["an address", { address: "Somewhere else" }],
    ["a name", { name: "Bob" }],
    ["an email address", { email: "bob@example.com" }],
  ])("with %s that differs is a conflict", async (_, changes) => {
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }]);
    await place(request);
    await expect(place({ ...request, ...changes })).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
      reason: "IDEMPOTENCY_CONFLICT",
    });
  });

  it("in concurrent requests with different bodies gives one order and one conflict", async () => {
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }]);
    const outcomes = await Promise.allSettled([place(request), place({ ...request, name: "Bob" })]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const failure = outcomes.find((outcome) => outcome.status === "rejected");
    expect(failure).toMatchObject({ reason: { reason: "IDEMPOTENCY_CONFLICT" } });
  });

  it("of an attempt that reaches inventory after an earlier one is confirmed returns the same order", async () => {
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }]);
    let first: Awaited<ReturnType<typeof place>> | undefined;
    shop.beforeReserve = async (orderId) => {
      shop.beforeReserve = () => {};
      first = await place(request);
      throw InventoryError.reservationConflict({ orderId });
    };
    const late = await place(request);
    expect(late).toEqual(first);
  });

  it("of an attempt that reaches inventory after an earlier one is declined leaves nothing reserved", async () => {
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }]);
    const cancelWhileReserving = async (id: string) => {
      shop.beforeReserve = () => {};
      await place(request);
      await shop.as(customerId).cancelOrder({ id });
    };
    shop.beforeReserve = cancelWhileReserving;
    const { order } = await place(request);
    expect(order?.status).toBe(OrderStatus.ORDER_STATUS_CANCELLED);
    expect(shop.released).toEqual([order?.id]);
  });

  it("of a second attempt for a pending order releases nothing", async () => {
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }]);
    shop.beforeReserve = async () => {
      shop.beforeReserve = () => {};
      await place(request);
    };
    const { order } = await place(request);
    expect(shop.released).not.toContain(order?.id);
  });

  it("of a customer in capital letters is the same", async () => {
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }]);
    expect(await place(request, customerId.toUpperCase())).toEqual(await place(request));
  });

  it("of two customers gives two orders", async () => {
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }]);
    const [mine, theirs] = [await place(request), await place(request, randomUUID())];
    expect(mine.order?.id).not.toBe(theirs.order?.id);
  });

  it("continues with the same order after an attempt that failed after the reservation", async () => {
    const request = orderOf([{ productId: shop.sell(), quantity: 1 }]);
    const tried: string[] = [];
    shop.beforeReserve = (orderId) => {
      tried.push(orderId);
      throw new MeshError({ code: "UNAVAILABLE", message: "gone" });
    };
    await expect(place(request)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    shop.beforeReserve = () => {};
    expect((await place(request)).order?.id).toBe(tried[0]);
  });
});
