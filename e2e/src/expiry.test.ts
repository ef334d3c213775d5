import { randomUUID } from "node:crypto";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { CancelReason, OrderCancelled, OrderPlaced } from "@mesh/contracts/orders/v1";
import { PaymentService, PaymentStatus } from "@mesh/contracts/payments/v1";
import { connect, type Upstream } from "@mesh/rpc";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishTo } from "../fixtures/publish-to.ts";
import { createShopper, orderOf, watchOrder } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

let mesh: RunningMesh;

beforeAll(async () => {
  mesh = await startMesh({ env: { PAYMENT_TIMEOUT_MS: "300", RESERVATION_TIMEOUT_MS: "5000" } });
});

afterAll(() => mesh?.close());

const clientOf = <P extends Upstream>(peer: P): P["client"] => peer.client;

describe("what is left open", () => {
  it("expires: an order that is not paid in time is cancelled, its stock released, its payment voided", async () => {
    const productId = await putOnSale(mesh, "Unpaid", 5n);
    const shopper = createShopper(mesh.gatewayUrl);
    const request = orderOf([{ productId, quantity: 2 }], { paymentToken: "tok_slow" });
    const { order } = await shopper.orders.placeOrder.mutate(request);
    const orderId = order?.id ?? "";
    const steps = await watchOrder(shopper, orderId, ({ step }) => step?.event?.$case !== "placed");
    const reason = CancelReason.CANCEL_REASON_PAYMENT_TIMEOUT;
    expect(steps.at(-1)?.step?.event).toEqual({ $case: "cancelled", value: { reason } });
    await expect
      .poll(async () => (await shopper.inventory.getStock.query({ productId })).stock)
      .toEqual({ productId, available: 5n, reserved: 0n });
    await expect.poll(() => paymentStatus(orderId)).toBe(PaymentStatus.PAYMENT_STATUS_VOIDED);
  });

  it("expires: stock that was reserved for an order that was never stored is released", async () => {
    const productId = await putOnSale(mesh, "Abandoned", 5n);
    const peer = connect(InventoryService, { address: mesh.addressOf("inventory"), credentials: mesh.credentials });
    const inventory = clientOf(peer);
    const orderId = randomUUID();
    await inventory.reserveStock({ orderId, items: [{ productId, quantity: 4 }] });
    expect((await inventory.getStock({ productId })).stock).toEqual({ productId, available: 1n, reserved: 4n });
    await expect
      .poll(async () => (await inventory.getStock({ productId })).stock)
      .toEqual({ productId, available: 5n, reserved: 0n });
    // The order may be retried with the same id.
    await inventory.reserveStock({ orderId, items: [{ productId, quantity: 4 }] });
    await peer.close();
  });
});

describe("a refund", () => {
  it("is made when a paid order is cancelled", async () => {
    const orderId = randomUUID();
    const total = { minorUnits: 4_200n, currency: "EUR" };
    const placed = { orderId, customerId: randomUUID(), total, paymentToken: "tok_ok", placedAt: new Date() };
    await publish(OrderPlaced.subject, OrderPlaced.encode(placed));
    await expect.poll(() => paymentStatus(orderId)).toBe(PaymentStatus.PAYMENT_STATUS_AUTHORIZED);
    const reason = CancelReason.CANCEL_REASON_CUSTOMER;
    await publish(OrderCancelled.subject, OrderCancelled.encode({ orderId, customerId: "", reason }));
    await expect.poll(() => paymentStatus(orderId)).toBe(PaymentStatus.PAYMENT_STATUS_REFUNDED);
  });

  it("is not needed if the cancellation arrives before the payment starts, because events can overtake each other", async () => {
    const orderId = randomUUID();
    const reason = CancelReason.CANCEL_REASON_CUSTOMER;
    await publish(OrderCancelled.subject, OrderCancelled.encode({ orderId, customerId: "", reason }));
    await expect.poll(() => paymentStatus(orderId)).toBe(PaymentStatus.PAYMENT_STATUS_VOIDED);
    const total = { minorUnits: 4_200n, currency: "EUR" };
    const placed = { orderId, customerId: randomUUID(), total, paymentToken: "tok_ok", placedAt: new Date() };
    const other = { ...placed, orderId: randomUUID() };
    await publish(OrderPlaced.subject, OrderPlaced.encode(placed));
    await publish(OrderPlaced.subject, OrderPlaced.encode(other));
    await expect.poll(() => paymentStatus(other.orderId)).toBe(PaymentStatus.PAYMENT_STATUS_AUTHORIZED);
    expect(await paymentStatus(orderId)).toBe(PaymentStatus.PAYMENT_STATUS_VOIDED);
  });
});

async function paymentStatus(orderId: string): Promise<PaymentStatus | string> {
  const peer = connect(PaymentService, { address: mesh.addressOf("payments"), credentials: mesh.credentials });
  const status = await peer.client.getPayment({ orderId }).then(
    ({ payment }) => payment?.status ?? "none",
    (error: Error) => error.message,
  );
  await peer.close();
  return status;
}

function publish(subject: string, payload: Uint8Array): Promise<void> {
  return publishTo(mesh, { subject, payload, service: "orders", signer: "orders" });
}
