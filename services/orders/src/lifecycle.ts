import { type CancelReason, OrderCancelled, OrderConfirmed, OrderStatus } from "@mesh/contracts/orders/v1";
import { insertStep, lockOrder, type Tx, updateRefund, updateStatus } from "./store.ts";

/** Confirms a pending order. Leaves any other order unchanged. */
export async function confirmOrder(tx: Tx, orderId: string, paymentId: string): Promise<void> {
  const order = await lockOrder(tx, orderId);
  if (order?.status !== OrderStatus.ORDER_STATUS_PENDING) return;
  await updateStatus(tx, orderId, OrderStatus.ORDER_STATUS_CONFIRMED);
  await insertStep(tx, orderId, { kind: "confirmed", at: new Date(), paymentId });
  await tx.publish(OrderConfirmed, { orderId, paymentId, customerId: order.customerId });
}

/** Cancels a pending order. Leaves any other order unchanged. */
export async function cancelOrder(tx: Tx, orderId: string, reason: CancelReason): Promise<void> {
  const order = await lockOrder(tx, orderId);
  if (order?.status !== OrderStatus.ORDER_STATUS_PENDING) return;
  await updateStatus(tx, orderId, OrderStatus.ORDER_STATUS_CANCELLED, reason);
  await insertStep(tx, orderId, { kind: "cancelled", at: new Date() });
  await tx.publish(OrderCancelled, { orderId, reason, customerId: order.customerId });
}

/** Records that the payment of an order was refunded. */
export async function noteRefund(tx: Tx, orderId: string, paymentId: string): Promise<void> {
  const order = await lockOrder(tx, orderId);
  if (!order) return;
  const at = new Date();
  await updateRefund(tx, orderId, at);
  await insertStep(tx, orderId, { kind: "refunded", at, paymentId });
}
