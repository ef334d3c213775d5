import { randomUUID } from "node:crypto";
import { CatalogService } from "@mesh/contracts/catalog/v1";
import { type Order, OrderStatus, type WatchOrderResponse } from "@mesh/contracts/orders/v1";
import { PaymentService, PaymentStatus } from "@mesh/contracts/payments/v1";
import { connect } from "@mesh/rpc";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createShopper, orderOf, type Shopper, watchOrder } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

let mesh: RunningMesh;
let shopper: Shopper;
let productIds: string[];

beforeAll(async () => {
  mesh = await startMesh();
  shopper = createShopper(mesh.gatewayUrl);
  const names = Array.from({ length: 9 }, (_, index) => `Product ${index}`);
  productIds = await Promise.all(names.map((name) => putOnSale(mesh, name, 500n)));
});

afterAll(() => mesh?.close());

const product = (index: number) => productIds[index] ?? "";
const isLastStep = ({ step }: WatchOrderResponse) => step?.event?.$case !== "placed";

it("reports the health of every service, also of those that browsers can't reach", async () => {
  const response = await fetch(`${mesh.gatewayUrl}/healthz`);
  const up = { ready: true };
  expect(await response.json()).toEqual({
    ready: true,
    services: { catalog: up, inventory: up, orders: up, payments: up },
  });
});

it("carries the largest 64-bit integer and a date unchanged from the database to the client", async () => {
  const largest = 2n ** 63n - 1n;
  const id = await putOnSale(mesh, "Priceless", 1n, largest);
  const peer = connect(CatalogService, { address: mesh.addressOf("catalog"), credentials: mesh.credentials });
  const { product: inside } = await peer.client.getProduct({ id });
  await peer.close();
  const { product: outside } = await shopper.catalog.getProduct.query({ id });
  expect(outside.price).toEqual({ minorUnits: largest, currency: "EUR" });
  expect(outside.createdAt).toBeInstanceOf(Date);
  expect(outside).toEqual(inside);
});

describe("an order", () => {
  it("is confirmed when it is paid, and reduces the stock", async () => {
    const productId = product(0);
    const before = (await shopper.inventory.getStock.query({ productId })).stock;
    const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 3 }]));
    const steps = await watchOrder(shopper, order?.id ?? "", isLastStep);
    expect(steps.map((seen) => seen.step?.event?.$case)).toEqual(["placed", "confirmed"]);
    await expect
      .poll(async () => (await shopper.inventory.getStock.query({ productId })).stock)
      .toEqual({ productId, available: (before?.available ?? 0n) - 3n, reserved: before?.reserved });
  });

  it("is cancelled when the payment is declined, and releases its stock", async () => {
    const productId = product(1);
    const before = (await shopper.inventory.getStock.query({ productId })).stock;
    const request = orderOf([{ productId, quantity: 2 }], { paymentToken: "tok_declined" });
    const { order } = await shopper.orders.placeOrder.mutate(request);
    const steps = await watchOrder(shopper, order?.id ?? "", isLastStep);
    expect(steps.map((seen) => seen.step?.event?.$case)).toEqual(["placed", "cancelled"]);
    await expect.poll(async () => (await shopper.inventory.getStock.query({ productId })).stock).toEqual(before);
  });

  it("is returned again for the same key, and a conflict for the same key with another body", async () => {
    const request = orderOf([{ productId: product(2), quantity: 1 }]);
    const [first, again] = await Promise.all([shopper.orders.placeOrder.mutate(request), createSame(request)]);
    expect(again.order?.id).toBe(first.order?.id);
    const other = { ...request, items: [{ productId: product(2), quantity: 2 }] };
    await expect(shopper.orders.placeOrder.mutate(other)).rejects.toMatchObject({
      data: { code: "CONFLICT", reason: "IDEMPOTENCY_CONFLICT" },
    });
  });

  it("can't be cancelled after it is confirmed", async () => {
    const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId: product(3), quantity: 1 }]));
    const id = order?.id ?? "";
    await watchOrder(shopper, id, isLastStep);
    await expect(shopper.orders.cancelOrder.mutate({ id })).rejects.toMatchObject({
      data: { reason: "NOT_CANCELLABLE" },
    });
  });

  it("can be cancelled while the payment is pending, and stays cancelled", async () => {
    const productId = product(4);
    const before = (await shopper.inventory.getStock.query({ productId })).stock;
    const request = orderOf([{ productId, quantity: 1 }], { paymentToken: "tok_slow" });
    const { order } = await shopper.orders.placeOrder.mutate(request);
    const id = order?.id ?? "";
    const cancelled = await shopper.orders.cancelOrder.mutate({ id });
    expect(cancelled.order?.status).toBe(OrderStatus.ORDER_STATUS_CANCELLED);
    expect(await shopper.orders.cancelOrder.mutate({ id })).toEqual(cancelled);
    await expect.poll(async () => (await shopper.inventory.getStock.query({ productId })).stock).toEqual(before);
  });

  it("can be refunded, which is a step of it", async () => {
    const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId: product(8), quantity: 1 }]));
    await watchOrder(shopper, order.id, isLastStep);
    const payments = connect(PaymentService, { address: mesh.addressOf("payments"), credentials: mesh.credentials });
    const { payment } = await payments.client.refundPayment({ orderId: order.id });
    expect(payment.status).toBe(PaymentStatus.PAYMENT_STATUS_REFUNDED);
    expect(await payments.client.refundPayment({ orderId: order.id })).toEqual({ payment });
    await payments.close();
    const steps = await watchOrder(shopper, order.id, ({ step }) => step.event?.$case === "refunded");
    expect(steps.map(({ step }) => step.event?.$case)).toEqual(["placed", "confirmed", "refunded"]);
  });

  it("is visible only to the customer who placed it", async () => {
    const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId: product(5), quantity: 1 }]));
    const id = order?.id ?? "";
    const stranger = createShopper(mesh.gatewayUrl);
    await expect(stranger.orders.getOrder.query({ id })).rejects.toMatchObject({ data: { reason: "ORDER_NOT_FOUND" } });
    await expect(stranger.orders.cancelOrder.mutate({ id })).rejects.toMatchObject({
      data: { reason: "ORDER_NOT_FOUND" },
    });
    expect((await stranger.orders.listOrders.query({})).orders).toEqual([]);
  });

  async function createSame(request: ReturnType<typeof orderOf>) {
    return shopper.orders.placeOrder.mutate(request);
  }
});

describe("bad input", () => {
  const item = () => [{ productId: product(6), quantity: 1 }];

  it.each([
    ["an unknown product", () => orderOf([{ productId: randomUUID(), quantity: 1 }]), { reason: "PRODUCT_UNKNOWN" }],
    [
      "a quantity of zero",
      () => orderOf([{ productId: product(6), quantity: 0 }]),
      { code: "BAD_REQUEST", field: "items[0].quantity" },
    ],
    ["a negative quantity", () => orderOf([{ productId: product(6), quantity: -1 }]), { field: "items[0].quantity" }],
    ["more than the stock", () => orderOf([{ productId: product(6), quantity: 1000 }]), { reason: "OUT_OF_STOCK" }],
    ["a wrong UUID", () => orderOf([{ productId: "42", quantity: 1 }]), { field: "items[0].product_id" }],
    ["a field over its limit", () => orderOf(item(), { address: "x".repeat(501) }), { field: "address" }],
    ["an empty cart", () => orderOf([]), { field: "items" }],
    ["a product twice", () => orderOf([...item(), ...item()]), { field: "items[1].product_id" }],
    ["no email address", () => orderOf(item(), { email: "ada" }), { field: "email" }],
  ])("rejects %s", async (_, request, expected: { reason?: string; code?: string; field?: string }) => {
    const { field, ...data } = expected;
    const violations = field ? { violations: [expect.objectContaining({ field })] } : {};
    await expect(shopper.orders.placeOrder.mutate(request())).rejects.toMatchObject({
      data: { ...data, ...violations },
    });
  });

  it("rejects an unknown number of an enum", async () => {
    await expect(shopper.catalog.listProducts.query({ category: 42 as never })).rejects.toMatchObject({
      data: { code: "BAD_REQUEST", violations: [expect.objectContaining({ field: "category" })] },
    });
  });

  it("rejects an invalid page token", async () => {
    await expect(shopper.catalog.listProducts.query({ pageToken: "bm9uc2Vuc2U" })).rejects.toMatchObject({
      data: { reason: "PAGE_TOKEN_INVALID" },
    });
  });
});

it("places each of 100 orders exactly once and confirms or cancels it, and the stock adds up", async () => {
  const customer = createShopper(mesh.gatewayUrl);
  const productId = product(7);
  const stock = async () => (await customer.inventory.getStock.query({ productId })).stock;
  const available = (await stock())?.available ?? 0n;
  const requests = Array.from({ length: 100 }, (_, index) => {
    return orderOf([{ productId, quantity: 1 }], { paymentToken: index % 4 === 0 ? "tok_declined" : "tok_ok" });
  });
  const placed = await Promise.all(requests.map((request) => customer.orders.placeOrder.mutate(request)));
  const ids = placed.map(({ order }) => order.id);
  const orders = async () => (await customer.orders.listOrders.query({ pageSize: 100 })).orders;
  expect((await orders()).map(({ id }) => id).sort()).toEqual(ids.sort());
  expect(new Set(ids).size).toBe(100);

  const isSettled = ({ status }: Order) => status !== OrderStatus.ORDER_STATUS_PENDING;
  await expect.poll(async () => (await orders()).filter(isSettled).length, { timeout: 120_000 }).toBe(100);
  const isConfirmed = ({ status }: Order) => status === OrderStatus.ORDER_STATUS_CONFIRMED;
  expect((await orders()).filter(isConfirmed).length).toBe(75);
  await expect.poll(stock, { timeout: 120_000 }).toEqual({ productId, available: available - 75n, reserved: 0n });
}, 480_000);
