import { PaymentAuthorized, PaymentFailed, PaymentRefunded } from "@mesh/contracts/payments/v1";
import { on } from "@mesh/service";
import { applyEvent } from "./lifecycle.ts";
import type { Tx } from "./store.ts";

/** The handlers of the events that orders consumes. */
export const consumers = [
  on(PaymentAuthorized, ({ orderId, paymentId }, { tx }: { tx: Tx }) => {
    return applyEvent(tx, orderId, "paymentAuthorized", { paymentId });
  }),
  on(PaymentFailed, ({ orderId }, { tx }: { tx: Tx }) => applyEvent(tx, orderId, "paymentFailed")),
  on(PaymentRefunded, ({ orderId, paymentId }, { tx }: { tx: Tx }) => {
    return applyEvent(tx, orderId, "paymentRefunded", { paymentId });
  }),
];
