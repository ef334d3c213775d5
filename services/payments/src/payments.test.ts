import { randomUUID } from "node:crypto";
import { CancelReason, OrderCancelled, OrderPlaced } from "@mesh/contracts/orders/v1";
import {
  PaymentAuthorized,
  PaymentFailed,
  PaymentFailure,
  PaymentRefunded,
  PaymentService,
  PaymentStatus,
} from "@mesh/contracts/payments/v1";
import { openTestService, type TestService } from "@mesh/testing/service";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { payments } from "./service.ts";

let service: TestService<NonNullable<typeof PaymentService.types>>;

beforeAll(async () => {
  service = await openTestService(PaymentService, payments);
});
afterAll(() => service?.[Symbol.asyncDispose]());

const most = 2n ** 63n - 1n;
const total = { minorUnits: 4_200n, currency: "EUR" };

function placed(paymentToken: string, changes: Partial<OrderPlaced> = {}) {
  return { orderId: randomUUID(), customerId: randomUUID(), total, paymentToken, placedAt: new Date(), ...changes };
}

async function place(paymentToken: string, changes: Partial<OrderPlaced> = {}): Promise<string> {
  const order = placed(paymentToken, changes);
  await service.send(OrderPlaced, order);
  return order.orderId;
}

const cancel = (orderId: string) =>
  service.send(OrderCancelled, { orderId, reason: CancelReason.CANCEL_REASON_CUSTOMER });

async function becomes(orderId: string, status: PaymentStatus) {
  return vi.waitFor(async () => {
    const { payment } = await service.client.getPayment({ orderId });
    expect(payment?.status).toBe(status);
    return payment;
  }, 8_000);
}

/** Returns the published events of one order. */
async function toldOf(orderId: string) {
  const [authorized, failed, refunded] = await Promise.all([
    service.published(PaymentAuthorized),
    service.published(PaymentFailed),
    service.published(PaymentRefunded),
  ]);
  const mine = (event: { orderId: string }) => event.orderId === orderId;
  return { authorized: authorized.filter(mine), failed: failed.filter(mine), refunded: refunded.filter(mine) };
}

/** Waits until all events sent so far are handled: a subject's events start in order, so a later one proves it. */
async function settled(): Promise<void> {
  const sent = await place("tok_ok");
  await becomes(sent, PaymentStatus.PAYMENT_STATUS_AUTHORIZED);
  const cancelled = randomUUID();
  await cancel(cancelled);
  await becomes(cancelled, PaymentStatus.PAYMENT_STATUS_VOIDED);
}

describe("the provider", () => {
  it("authorizes the exact amount, up to 2^63-1, and this is published once", async () => {
    const amount = { minorUnits: most, currency: "JPY" };
    const orderId = await place("tok_ok", { total: amount });
    const payment = await becomes(orderId, PaymentStatus.PAYMENT_STATUS_AUTHORIZED);
    expect(payment).toMatchObject({ orderId, amount });
    expect(await toldOf(orderId)).toEqual({
      authorized: [{ paymentId: payment?.id, orderId, amount }],
      failed: [],
      refunded: [],
    });
  });

  it.each([
    ["tok_declined", PaymentFailure.PAYMENT_FAILURE_DECLINED],
    ["tok_whatever", PaymentFailure.PAYMENT_FAILURE_TOKEN_UNKNOWN],
  ])("fails %s, and says why", async (token, failure) => {
    const orderId = await place(token);
    const payment = await becomes(orderId, PaymentStatus.PAYMENT_STATUS_FAILED);
    expect(await toldOf(orderId)).toEqual({
      authorized: [],
      failed: [{ paymentId: payment?.id, orderId, failure }],
      refunded: [],
    });
  });

  it("may respond later, and is polled once", async () => {
    const orderId = await place("tok_slow");
    await becomes(orderId, PaymentStatus.PAYMENT_STATUS_PENDING);
    expect(await toldOf(orderId)).toEqual({ authorized: [], failed: [], refunded: [] });
    await service.query("update payments set answer_due_at = '1969-12-31T23:59:59.999Z' where order_id = $1", [
      orderId,
    ]);
    await becomes(orderId, PaymentStatus.PAYMENT_STATUS_AUTHORIZED);
    expect((await toldOf(orderId)).authorized).toHaveLength(1);
  });
});

describe("an order whose event arrives twice is paid once", () => {
  it.each(["tok_ok", "tok_declined"])("with %s, whether NATS or the publisher repeats it", async (token) => {
    const order = placed(token);
    const messageId = randomUUID();
    await Promise.all([1, 2, 3].map(() => service.send(OrderPlaced, order, messageId)));
    await Promise.all([1, 2, 3].map(() => service.send(OrderPlaced, order)));
    await settled();
    const { authorized, failed } = await toldOf(order.orderId);
    expect([...authorized, ...failed]).toHaveLength(1);
    const rows = await service.query("select id from payments where order_id = $1", [order.orderId]);
    expect(rows).toHaveLength(1);
  });

  it("with tok_slow, at the time of the first", async () => {
    const order = placed("tok_slow");
    await service.send(OrderPlaced, order);
    await becomes(order.orderId, PaymentStatus.PAYMENT_STATUS_PENDING);
    const due = "select answer_due_at as due from payments where order_id = $1";
    const first = await service.query(due, [order.orderId]);
    await service.send(OrderPlaced, order);
    await settled();
    expect(await service.query(due, [order.orderId])).toEqual(first);
  });
});

describe("a cancelled order", () => {
  it("is refunded once, even if the event is repeated", async () => {
    const orderId = await place("tok_ok");
    const payment = await becomes(orderId, PaymentStatus.PAYMENT_STATUS_AUTHORIZED);
    for (const _ of [1, 2, 3]) await cancel(orderId);
    await becomes(orderId, PaymentStatus.PAYMENT_STATUS_REFUNDED);
    await settled();
    expect((await toldOf(orderId)).refunded).toEqual([{ paymentId: payment?.id, orderId, amount: total }]);
  });

  it("is not paid if it is cancelled before the provider responds", async () => {
    const orderId = await place("tok_slow");
    await becomes(orderId, PaymentStatus.PAYMENT_STATUS_PENDING);
    await cancel(orderId);
    await becomes(orderId, PaymentStatus.PAYMENT_STATUS_VOIDED);
    const rows = await service.query("select answer_due_at from payments where order_id = $1", [orderId]);
    expect(rows).toEqual([{ answer_due_at: null }]);
    expect(await toldOf(orderId)).toEqual({ authorized: [], failed: [], refunded: [] });
  });

  it("is never paid if the cancellation arrives first, because events can overtake each other", async () => {
    const order = placed("tok_ok");
    await cancel(order.orderId);
    await becomes(order.orderId, PaymentStatus.PAYMENT_STATUS_VOIDED);
    await service.send(OrderPlaced, order);
    await settled();
    await becomes(order.orderId, PaymentStatus.PAYMENT_STATUS_VOIDED);
    expect(await toldOf(order.orderId)).toEqual({ authorized: [], failed: [], refunded: [] });
  });

  it("stays unchanged if its payment has failed", async () => {
    const orderId = await place("tok_declined");
    await becomes(orderId, PaymentStatus.PAYMENT_STATUS_FAILED);
    await cancel(orderId);
    await settled();
    await becomes(orderId, PaymentStatus.PAYMENT_STATUS_FAILED);
  });

  it("that is paid concurrently is refunded or voided", async () => {
    const orders = Array.from({ length: 20 }, () => placed("tok_ok"));
    await Promise.all(orders.flatMap((order) => [service.send(OrderPlaced, order), cancel(order.orderId)]));
    await settled();
    for (const { orderId } of orders) {
      const { authorized, refunded } = await toldOf(orderId);
      expect(authorized.length).toBe(refunded.length);
    }
  });
});

describe("a refund", () => {
  it("happens once for many concurrent requests", async () => {
    const orderId = await place("tok_ok");
    await becomes(orderId, PaymentStatus.PAYMENT_STATUS_AUTHORIZED);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => service.client.refundPayment({ orderId })));
    for (const { payment } of answers) expect(payment?.status).toBe(PaymentStatus.PAYMENT_STATUS_REFUNDED);
    expect((await toldOf(orderId)).refunded).toHaveLength(1);
  });

  it("is rejected if nothing was paid", async () => {
    const orderId = await place("tok_declined");
    await becomes(orderId, PaymentStatus.PAYMENT_STATUS_FAILED);
    const refusal = { code: "FAILED_PRECONDITION", reason: "NOT_REFUNDABLE", metadata: { orderId } };
    await expect(service.client.refundPayment({ orderId })).rejects.toMatchObject(refusal);
  });

  it("of an unknown payment is not found, and neither is the payment", async () => {
    const orderId = randomUUID();
    const missing = { code: "NOT_FOUND", reason: "PAYMENT_NOT_FOUND", metadata: { orderId } };
    await expect(service.client.refundPayment({ orderId })).rejects.toMatchObject(missing);
    await expect(service.client.getPayment({ orderId })).rejects.toMatchObject(missing);
  });
});

it("a payment from before 1970 keeps its time to the millisecond", async () => {
  const orderId = await place("tok_ok");
  await becomes(orderId, PaymentStatus.PAYMENT_STATUS_AUTHORIZED);
  await service.query("update payments set created_at = '1969-12-31T23:59:59.999Z' where order_id = $1", [orderId]);
  const { payment } = await service.client.getPayment({ orderId });
  expect(payment?.createdAt).toEqual(new Date(-1));
});
