import { CancelReason, type Order, OrderStatus, type OrderStep } from "@mesh/contracts/orders/v1";
import { describe, expect, it } from "vitest";
import { laterOf, statusWords } from "./status.ts";
import { isRefunded, stopsOf, withStep } from "./steps.ts";

const total = { minorUnits: 1299n, currency: "EUR" };
const placed: OrderStep = { number: 1, at: new Date(0), event: { $case: "placed", value: { total } } };
const confirmed: OrderStep = {
  number: 2,
  at: new Date(184),
  event: { $case: "confirmed", value: { paymentId: "p" } },
};
const cancelled: OrderStep = {
  number: 2,
  at: new Date(500),
  event: { $case: "cancelled", value: { reason: CancelReason.CANCEL_REASON_PAYMENT_DECLINED } },
};
const refunded: OrderStep = { number: 3, at: new Date(900), event: { $case: "refunded", value: { paymentId: "p" } } };

describe("withStep", () => {
  it("keeps steps in order, each once, however they arrive", () => {
    const steps = [confirmed, placed, placed, confirmed].reduce<readonly OrderStep[]>(withStep, []);
    expect(steps).toEqual([placed, confirmed]);
    expect(withStep(steps, placed)).toBe(steps);
  });
});

describe("stopsOf", () => {
  it("ends with the awaited step while the order is pending", () => {
    const stops = stopsOf([placed], OrderStatus.ORDER_STATUS_PENDING, "customer");
    expect(stops.map(({ kind }) => kind)).toEqual(["placed", "awaiting"]);
    expect(stops[0]?.text).toContain("€12.99");
  });

  it("contains the elapsed times and the reason of a cancellation", () => {
    const stops = stopsOf([placed, cancelled, refunded], OrderStatus.ORDER_STATUS_CANCELLED, "customer");
    expect(stops.map(({ title, elapsed }) => [title, elapsed])).toEqual([
      ["Placed", undefined],
      ["Cancelled", "0.50 s"],
      ["Refunded", "0.90 s"],
    ]);
    expect(stops[1]?.text).toContain("Your payment was declined.");
  });

  it("addresses no clerk as the customer", () => {
    for (const stop of stopsOf([placed, cancelled, refunded], OrderStatus.ORDER_STATUS_CANCELLED, "staff")) {
      expect(stop.text).not.toMatch(/\byour?\b/i);
    }
  });
});

it("detects when no step can follow: a confirmed or cancelled order may still be refunded", () => {
  expect([[], [placed], [placed, confirmed], [placed, cancelled]].some(isRefunded)).toBe(false);
  expect(isRefunded([placed, confirmed, refunded])).toBe(true);
  expect(isRefunded([placed, cancelled, refunded])).toBe(true);
});

function order(status: OrderStatus, refundedAt?: Date): Order {
  const cancelReason = CancelReason.CANCEL_REASON_UNSPECIFIED;
  return { id: "o", customerId: "c", status, lines: [], cancelReason, total, placedAt: new Date(0), refundedAt };
}

it("shows an order as refunded, unless it was cancelled", () => {
  const { ORDER_STATUS_CONFIRMED, ORDER_STATUS_CANCELLED } = OrderStatus;
  expect(statusWords(order(ORDER_STATUS_CONFIRMED)).name).toBe("Confirmed");
  expect(statusWords(order(ORDER_STATUS_CONFIRMED, new Date(1))).name).toBe("Refunded");
  expect(statusWords(order(ORDER_STATUS_CANCELLED, new Date(1))).name).toBe("Cancelled");
});

it("returns the later of two states of an order", () => {
  const pending = order(OrderStatus.ORDER_STATUS_PENDING);
  const done = order(OrderStatus.ORDER_STATUS_CONFIRMED);
  expect(laterOf(pending, done)).toBe(done);
  expect(laterOf(done, pending)).toBe(done);
  const returned = { ...done, refundedAt: new Date(1) };
  expect(laterOf(returned, done)).toBe(returned);
  expect(laterOf(done, returned)).toBe(returned);
  expect(laterOf(undefined, pending)).toBe(pending);
  expect(laterOf(undefined, undefined)).toBeUndefined();
});
