import { ReleaseReason } from "@mesh/contracts/inventory/v1";
import { OrderCancelled, OrderConfirmed } from "@mesh/contracts/orders/v1";
import { type Logger, on } from "@mesh/service";
import { confirm, release } from "./reservations.ts";
import type { Tx } from "./store.ts";

/** The handlers of the events that inventory consumes. */
export const consumers = [
  on(OrderCancelled, ({ orderId }, { tx }: { tx: Tx }) => {
    return release(tx, orderId, ReleaseReason.RELEASE_REASON_ORDER_CANCELLED);
  }),
  on(OrderConfirmed, async ({ orderId }, { tx, log }: { tx: Tx; log: Logger }) => {
    const outcome = await confirm(tx, orderId);
    if (outcome !== "confirmed") log.warn({ orderId, outcome }, "an order was confirmed without an active reservation");
  }),
];
