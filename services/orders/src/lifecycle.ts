import { type CancelReason, OrderCancelled, OrderConfirmed, OrderStatus } from "@mesh/contracts/orders/v1";
import { insertStep, settleOrder, type Tx, updateRefund } from "./store.ts";

/** Confirms a pending order. Leaves any other order unchanged. */
export async function confirmOrder(tx: Tx, orderId: string, paymentId: string): Promise<void> {
  const customerId = await settleOrder(tx, orderId, OrderStatus.ORDER_STATUS_CONFIRMED);
  if (customerId === undefined) return;
  await insertStep(tx, orderId, { kind: "confirmed", at: new Date(), paymentId });
  await tx.publish(OrderConfirmed, { orderId, paymentId, customerId });
}

/** Cancels a pending order. Leaves any other order unchanged. */
export async function cancelOrder(tx: Tx, orderId: string, reason: CancelReason): Promise<void> {
  const customerId = await settleOrder(tx, orderId, OrderStatus.ORDER_STATUS_CANCELLED, reason);
  if (customerId === undefined) return;
  await insertStep(tx, orderId, { kind: "cancelled", at: new Date() });
  await tx.publish(OrderCancelled, { orderId, reason, customerId });
}

/** Records that the payment of an order was refunded. */
export async function noteRefund(tx: Tx, orderId: string, paymentId: string): Promise<void> {
  const at = new Date();
  if (!(await updateRefund(tx, orderId, at))) return;
  await insertStep(tx, orderId, { kind: "refunded", at, paymentId });
}
