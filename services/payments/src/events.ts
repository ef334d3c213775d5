import { OrderCancelled, OrderPlaced } from "@mesh/contracts/orders/v1";
import { on } from "@mesh/service";
import { startPayment, undoPayment } from "./lifecycle.ts";
import type { Tx } from "./store.ts";

/** What payments makes of other services' events. */
export const consumers = [
  on(OrderPlaced, (order, { tx }: { tx: Tx }) => startPayment(tx, order)),
  on(OrderCancelled, ({ orderId }, { tx }: { tx: Tx }) => undoPayment(tx, orderId)),
];
