import { CancelReason } from "@mesh/contracts/orders/v1";
import { PaymentAuthorized, PaymentFailed, PaymentRefunded } from "@mesh/contracts/payments/v1";
import { on } from "@mesh/service";
import { cancelOrder, confirmOrder, noteRefund } from "./lifecycle.ts";
import type { Tx } from "./store.ts";

/** The handlers of the events that orders consumes. */
export const consumers = [
  on(PaymentAuthorized, ({ orderId, paymentId }, { tx }: { tx: Tx }) => confirmOrder(tx, orderId, paymentId)),
  on(PaymentFailed, ({ orderId }, { tx }: { tx: Tx }) => {
    return cancelOrder(tx, orderId, CancelReason.CANCEL_REASON_PAYMENT_DECLINED);
  }),
  on(PaymentRefunded, ({ orderId, paymentId }, { tx }: { tx: Tx }) => noteRefund(tx, orderId, paymentId)),
];
