import { OrderCancelled, OrderForgotten, OrderPlaced } from "@mesh/contracts/orders/v1";
import { on } from "@mesh/service";
import { startPayment, undoPayment } from "./lifecycle.ts";
import { forgetToken, type Tx } from "./store.ts";

/** The handlers of the events that payments consumes. */
export const consumers = [
  on(OrderPlaced, (order, { tx }: { tx: Tx }) => startPayment(tx, order)),
  on(OrderForgotten, ({ orderId }, { tx }: { tx: Tx }) => forgetToken(tx, orderId)),
  on(OrderCancelled, ({ orderId }, { tx }: { tx: Tx }) => undoPayment(tx, orderId)),
];
