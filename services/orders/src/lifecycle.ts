import { type CancelReason, OrderCancelled, OrderConfirmed } from "@mesh/contracts/orders/v1";
import { InvalidEvent, MeshError } from "@mesh/service";
import { insertStep, lockOrder, type Tx, updateOrder } from "./store.ts";
import { type Move, type OrderEvent, statusOf, type TransitionTable, transitions } from "./transitions.ts";

/** An event that must not happen in the state of the order. One that another service published is dead-lettered. */
export class IllegalTransition extends InvalidEvent {}

/**
 * Does what the table says about an event of an order: changes the state, adds a step, and publishes.
 *
 * @throws IllegalTransition if the table rejects the event
 * @throws MeshError UNAVAILABLE if the stored status is not in the table: a newer version has set it
 */
export async function applyEvent(
  tx: Tx,
  id: string,
  event: OrderEvent,
  { paymentId = "", table = transitions }: { readonly paymentId?: string; readonly table?: TransitionTable } = {},
): Promise<void> {
  const order = await lockOrder(tx, id);
  const move = moveOf(table, id, order?.status, event);
  if (!move || !order) return;
  const at = new Date();
  const { to, step, cancelReason } = move;
  await updateOrder(tx, id, {
    status: statusOf(table, to),
    ...(cancelReason && { cancelReason }),
    ...(step === "refunded" && { refundedAt: at }),
  });
  if (step) await insertStep(tx, id, { kind: step, at, ...(paymentId && { paymentId }) });
  await publish(tx, move, { orderId: id, customerId: order.customerId, paymentId });
}

/** Returns where an event leads an order with a stored status. Undefined: nothing changes. @throws as `applyEvent` */
export function moveOf(
  table: TransitionTable,
  id: string,
  status: number | undefined,
  event: OrderEvent,
): Move<string> | undefined {
  const [name, state] = Object.entries(table).find(([, one]) => one.status === status) ?? [];
  if (!state) {
    const message = `order ${id} has the status ${status}, which this version of orders does not know: a newer one continues it`;
    throw new MeshError({ code: "UNAVAILABLE", message });
  }
  const transition = state.on[event];
  if ("rejected" in transition) {
    throw new IllegalTransition(`order ${id} is ${name}, and ${event} is illegal then: ${transition.rejected}`);
  }
  return "ignored" in transition ? undefined : transition;
}

async function publish(
  tx: Tx,
  { publishes, cancelReason }: { readonly publishes?: Move<string>["publishes"]; readonly cancelReason?: CancelReason },
  { paymentId, ...order }: { readonly orderId: string; readonly customerId: string; readonly paymentId: string },
): Promise<void> {
  if (publishes === OrderConfirmed) await tx.publish(OrderConfirmed, { ...order, paymentId });
  if (publishes === OrderCancelled && cancelReason)
    await tx.publish(OrderCancelled, { ...order, reason: cancelReason });
}
