import { randomUUID } from "node:crypto";
import {
  CancelReason,
  OrderCancelled,
  OrderConfirmed,
  OrderStatus,
  type WatchOrderResponse,
} from "@mesh/contracts/orders/v1";
import { PaymentAuthorized, PaymentFailed, PaymentFailure, PaymentRefunded } from "@mesh/contracts/payments/v1";
import { scopeOf } from "@mesh/testing/service";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openShop, orderOf, type Shop } from "../fixtures/shop.ts";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.[Symbol.asyncDispose]());

const amount = { minorUnits: 100n, currency: "EUR" };

async function place(customerId: string): Promise<string> {
  const { order } = await shop.as(customerId).placeOrder(orderOf([{ productId: shop.sell(), quantity: 1 }]));
  return order?.id ?? "";
}

async function statusOf(customerId: string, id: string): Promise<OrderStatus | undefined> {
  return (await shop.as(customerId).getOrder({ id })).order?.status;
}

async function becomes(customerId: string, id: string, status: OrderStatus): Promise<void> {
  await vi.waitFor(async () => expect(await statusOf(customerId, id)).toBe(status), 5_000);
}

const authorize = (orderId: string, paymentId = randomUUID()) => {
  return shop.send(PaymentAuthorized, { paymentId, orderId, amount });
};

describe("a list of orders", () => {
  const placedAt = "update orders set placed_at = $2 where id = any($1)";

  it("is sorted newest first, skips and repeats none of the same time, and continues before 1970", async () => {
    const me = randomUUID();
    const ids: string[] = [];
    for (let at = 0; at < 9; at++) ids.push(await place(me));
    await shop.query(placedAt, [ids.slice(0, 6), "1969-12-31T23:59:59.999Z"]);
    await shop.query(placedAt, [ids.slice(6, 8), "0044-03-15T12:00:00.001Z"]);
    const seen: { id: string; at: number | undefined }[] = [];
    let pageToken = "";
    do {
      const page = await shop.as(me).listOrders({ pageSize: 2, pageToken });
      expect(page.orders.every(({ lines }) => lines.length === 1)).toBe(true);
      seen.push(...page.orders.map((order) => ({ id: order.id, at: order.placedAt?.getTime() })));
      pageToken = page.nextPageToken;
    } while (pageToken);
    expect(seen.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(seen[0]?.id).toBe(ids[8]);
    expect(seen.slice(1, 7).map(({ at }) => at)).toEqual(Array(6).fill(-1));
    expect(seen.slice(7).map(({ at }) => at)).toEqual(Array(2).fill(Date.parse("0044-03-15T12:00:00.001Z")));
  });

  it("has 20 by default, and only the customer's", async () => {
    const me = randomUUID();
    await Promise.all(Array.from({ length: 21 }, () => place(me)));
    const first = await shop.as(me).listOrders({});
    expect(first.orders).toHaveLength(20);
    expect((await shop.as(me).listOrders({ pageToken: first.nextPageToken })).orders).toHaveLength(1);
    const stranger = randomUUID();
    expect(await shop.as(stranger).listOrders({ pageToken: first.nextPageToken })).toEqual({
      orders: [],
      nextPageToken: "",
    });
  });

  const written = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

  it.each([
    ["nonsense", "nonsense"],
    ["without a time", written({ id: randomUUID() })],
    ["of no time", written({ placedAt: null, id: randomUUID() })],
    ["of a time that PostgreSQL does not know", written({ placedAt: 8.64e15, id: randomUUID() })],
    ["of the year 0", written({ placedAt: "0000-01-01T00:00:00.000Z", id: randomUUID() })],
    ["of no id", written({ placedAt: new Date(), id: "1" })],
  ])("refuses a token %s", async (_, pageToken) => {
    await expect(shop.as(randomUUID()).listOrders({ pageToken })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      reason: "PAGE_TOKEN_INVALID",
    });
  });
});

describe("without a customer", () => {
  it("rejects reading, changing and watching", async () => {
    const id = randomUUID();
    const refusal = { code: "UNAUTHENTICATED" };
    await expect(shop.client.listOrders({})).rejects.toMatchObject(refusal);
    await expect(shop.client.getOrder({ id })).rejects.toMatchObject(refusal);
    await expect(shop.client.cancelOrder({ id })).rejects.toMatchObject(refusal);
    await expect(shop.client.watchOrder({ id })[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal);
  });

  it("another customer's order is not found", async () => {
    const id = await place(randomUUID());
    const stranger = shop.as(randomUUID());
    const refusal = { code: "NOT_FOUND", reason: "ORDER_NOT_FOUND", metadata: { orderId: id } };
    await expect(stranger.getOrder({ id })).rejects.toMatchObject(refusal);
    await expect(stranger.cancelOrder({ id })).rejects.toMatchObject(refusal);
    for (const afterStep of [0, 1, 1_000]) {
      const steps = stranger.watchOrder({ id, afterStep })[Symbol.asyncIterator]();
      await expect(steps.next(), "also if it has no step to send").rejects.toMatchObject(refusal);
    }
  });
});

describe("a caller with the scope orders:read_any", () => {
  it("reads and watches the orders of all, but cancels none", async () => {
    const id = await place(randomUUID());
    const principal = { kind: "customer", id: randomUUID(), scopes: new Set(["orders:read_any"]) } as const;
    const clerk = shop.upstream.bind(scopeOf(principal));
    expect(await clerk.getOrder({ id })).toMatchObject({ order: { id } });
    const { value } = await clerk.watchOrder({ id })[Symbol.asyncIterator]().next();
    expect(value).toMatchObject({ order: { id }, step: { number: 1 } });
    await expect(clerk.cancelOrder({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("an order", () => {
  it("is confirmed by its payment, once, and can no longer be cancelled", async () => {
    const me = randomUUID();
    const id = await place(me);
    const paymentId = randomUUID();
    await authorize(id, paymentId);
    await becomes(me, id, OrderStatus.ORDER_STATUS_CONFIRMED);
    await authorize(id);
    const refusal = { code: "FAILED_PRECONDITION", reason: "NOT_CANCELLABLE", metadata: { orderId: id } };
    await expect(shop.as(me).cancelOrder({ id })).rejects.toMatchObject(refusal);
    // What was sent after the first is handled by then.
    const other = await place(me);
    await authorize(other);
    await becomes(me, other, OrderStatus.ORDER_STATUS_CONFIRMED);
    expect(await statusOf(me, id)).toBe(OrderStatus.ORDER_STATUS_CONFIRMED);
    const told = (await shop.published(OrderConfirmed)).filter(({ orderId }) => orderId === id);
    expect(told).toEqual([{ orderId: id, paymentId, customerId: me }]);
  });

  it("does not change by an event that must not happen, which is dead-lettered", async () => {
    const me = randomUUID();
    const [id, unknown] = [await place(me), randomUUID()];
    await authorize(id);
    await becomes(me, id, OrderStatus.ORDER_STATUS_CONFIRMED);
    const failure = PaymentFailure.PAYMENT_FAILURE_DECLINED;
    await shop.send(PaymentFailed, { paymentId: randomUUID(), orderId: id, failure });
    await authorize(unknown);
    const dead = "select key, error from parked_events where state = 'dead' and key = any($1)";
    await vi.waitFor(async () => {
      const rows = await shop.query<{ key: string; error: string }>(dead, [[id, unknown]]);
      expect(Object.fromEntries(rows.map(({ key, error }) => [key, error]))).toEqual({
        [id]: expect.stringContaining(`order ${id} is confirmed, and paymentFailed is illegal then`),
        [unknown]: expect.stringContaining(`order ${unknown} is unplaced, and paymentAuthorized is illegal then`),
      });
    }, 5_000);
    expect(await statusOf(me, id)).toBe(OrderStatus.ORDER_STATUS_CONFIRMED);
  });

  it("is cancelled by its customer, once, and stays cancelled when it is paid late", async () => {
    const me = randomUUID();
    const id = await place(me);
    const answers = await Promise.all([1, 2, 3, 4].map(() => shop.as(me).cancelOrder({ id })));
    for (const { order } of answers) {
      expect(order).toMatchObject({
        status: OrderStatus.ORDER_STATUS_CANCELLED,
        cancelReason: CancelReason.CANCEL_REASON_CUSTOMER,
      });
    }
    await authorize(id);
    const other = await place(me);
    await authorize(other);
    await becomes(me, other, OrderStatus.ORDER_STATUS_CONFIRMED);
    expect(await statusOf(me, id)).toBe(OrderStatus.ORDER_STATUS_CANCELLED);
    const told = (await shop.published(OrderCancelled)).filter(({ orderId }) => orderId === id);
    expect(told).toEqual([{ orderId: id, customerId: me, reason: CancelReason.CANCEL_REASON_CUSTOMER }]);
  });

  it("is published with the canonical id when it is cancelled in capital letters", async () => {
    const me = randomUUID();
    const id = await place(me);
    await shop.as(me).cancelOrder({ id: id.toUpperCase() });
    expect((await shop.published(OrderCancelled)).map(({ orderId }) => orderId)).toContain(id);
  });

  it("has one outcome if payment and cancellation are concurrent", async () => {
    const me = randomUUID();
    const ids = await Promise.all(Array.from({ length: 12 }, () => place(me)));
    await Promise.all(
      ids.flatMap((id) => [
        authorize(id),
        shop
          .as(me)
          .cancelOrder({ id })
          .catch(() => undefined),
      ]),
    );
    const told = [...(await shop.published(OrderCancelled)), ...(await shop.published(OrderConfirmed))];
    await vi.waitFor(async () => {
      const statuses = await Promise.all(ids.map((id) => statusOf(me, id)));
      expect(statuses).not.toContain(OrderStatus.ORDER_STATUS_PENDING);
    });
    for (const id of ids) expect(told.filter(({ orderId }) => orderId === id).length).toBeLessThanOrEqual(1);
  });

  it("is cancelled when its payment fails", async () => {
    const me = randomUUID();
    const id = await place(me);
    const failure = PaymentFailure.PAYMENT_FAILURE_DECLINED;
    await shop.send(PaymentFailed, { paymentId: randomUUID(), orderId: id, failure });
    await becomes(me, id, OrderStatus.ORDER_STATUS_CANCELLED);
    const { order } = await shop.as(me).getOrder({ id });
    expect(order?.cancelReason).toBe(CancelReason.CANCEL_REASON_PAYMENT_DECLINED);
  });

  it("is cancelled if it is not paid in time, unlike the others", async () => {
    const me = randomUUID();
    const [late, paid, waiting] = [await place(me), await place(me), await place(me)];
    await authorize(paid);
    await becomes(me, paid, OrderStatus.ORDER_STATUS_CONFIRMED);
    await shop.query("update orders set payment_due_at = now() where id = any($1)", [[late, paid]]);
    await becomes(me, late, OrderStatus.ORDER_STATUS_CANCELLED);
    expect(await statusOf(me, paid)).toBe(OrderStatus.ORDER_STATUS_CONFIRMED);
    expect(await statusOf(me, waiting)).toBe(OrderStatus.ORDER_STATUS_PENDING);
    const { order } = await shop.as(me).getOrder({ id: late });
    expect(order?.cancelReason).toBe(CancelReason.CANCEL_REASON_PAYMENT_TIMEOUT);
  });
});

describe("a watcher", () => {
  const caseOf = ({ step }: WatchOrderResponse) => [step?.number, step?.event?.$case];
  const watch = (customerId: string, id: string, afterStep = 0) => {
    return shop.as(customerId).watchOrder({ id, afterStep })[Symbol.asyncIterator]();
  };
  const next = async (steps: AsyncIterator<WatchOrderResponse>) => (await steps.next()).value as WatchOrderResponse;

  it("receives every step when it happens, with the current order, also in capital letters", async () => {
    const me = randomUUID();
    const id = await place(me);
    const steps = watch(me, id.toUpperCase());
    const placed = await next(steps);
    expect(placed.step?.event).toEqual({ $case: "placed", value: { total: amount } });
    expect(placed.order?.status).toBe(OrderStatus.ORDER_STATUS_PENDING);
    const paymentId = randomUUID();
    await authorize(id, paymentId);
    const confirmed = await next(steps);
    expect(confirmed.step?.event).toEqual({ $case: "confirmed", value: { paymentId } });
    expect(confirmed.order?.status).toBe(OrderStatus.ORDER_STATUS_CONFIRMED);
    await shop.send(PaymentRefunded, { paymentId, orderId: id, amount });
    const refunded = await next(steps);
    expect(refunded.step).toMatchObject({ number: 3, event: { $case: "refunded", value: { paymentId } } });
    const { orders } = await shop.as(me).listOrders({});
    for (const order of [refunded.order, orders[0]]) {
      expect(order).toMatchObject({ status: OrderStatus.ORDER_STATUS_CONFIRMED, refundedAt: refunded.step?.at });
    }
    await steps.return?.();
  });

  it("continues after the last step it received", async () => {
    const me = randomUUID();
    const id = await place(me);
    await authorize(id);
    await becomes(me, id, OrderStatus.ORDER_STATUS_CONFIRMED);
    const behind = watch(me, id, 1);
    expect(caseOf(await next(behind))).toEqual([2, "confirmed"]);
    await behind.return?.();
    const waiting = watch(me, id, 2);
    const first = next(waiting);
    await shop.send(PaymentRefunded, { paymentId: randomUUID(), orderId: id, amount });
    expect(caseOf(await first)).toEqual([3, "refunded"]);
    await waiting.return?.();
  });

  it("receives no step of another order", async () => {
    const me = randomUUID();
    const [id, other] = [await place(me), await place(me)];
    const steps = watch(me, id);
    await next(steps);
    await shop.as(me).cancelOrder({ id: other });
    const second = next(steps);
    await shop.as(me).cancelOrder({ id: id.toUpperCase() });
    const { order, step } = await second;
    expect([order?.id, step?.event]).toEqual([
      id,
      { $case: "cancelled", value: { reason: CancelReason.CANCEL_REASON_CUSTOMER } },
    ]);
    await steps.return?.();
  });

  it.each([-1, 2 ** 31 - 1])("after step %s is rejected or receives nothing", async (afterStep) => {
    const me = randomUUID();
    const id = await place(me);
    const steps = shop.as(me).watchOrder({ id, afterStep }, { timeoutMs: 300 })[Symbol.asyncIterator]();
    await expect(steps.next()).rejects.toMatchObject({
      code: afterStep < 0 ? "INVALID_ARGUMENT" : "DEADLINE_EXCEEDED",
    });
  });
});
