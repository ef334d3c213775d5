import type { CatalogService } from "@mesh/contracts/catalog/v1";
import { InventoryError, type InventoryService } from "@mesh/contracts/inventory/v1";
import { CancelReason, type Order, OrderError, OrderPlaced, type PlaceOrderRequest } from "@mesh/contracts/orders/v1";
import { customerOf, MeshError, type PeerClients, type Scope } from "@mesh/service";
import { beginAttempt, endAttempt } from "./attempts.ts";
import { checkedRequest, orderIdOf, priceOf, requestHashOf } from "./domain.ts";
import { moveOf } from "./lifecycle.ts";
import { type Db, findStored, insertOrder, type NewOrder, type StoredOrder } from "./store.ts";
import { placedStatus, transitions } from "./transitions.ts";

type Peers = PeerClients<{ catalog: typeof CatalogService; inventory: typeof InventoryService }>;

/** The part of the context that placing an order needs. */
export interface PlaceOrderContext extends Scope {
  readonly db: Db;
  readonly peers: Peers;
  readonly settings: { readonly PAYMENT_TIMEOUT_MS: number };
}

/** Places an order, or returns the one that was placed with the same idempotency key. */
export async function placeOrder(given: PlaceOrderRequest, context: PlaceOrderContext): Promise<Order> {
  const { db, peers, settings } = context;
  const customerId = customerOf(context);
  const request = checkedRequest(given);
  const requestHash = requestHashOf(request);
  const id = orderIdOf(customerId, request.idempotencyKey);
  const find = () => findStored(db, id);
  if (!(await beginAttempt(db, id, context.deadline))) return answerAgain(await find(), requestHash);

  const { products } = await peers.catalog.batchGetProducts({ ids: request.items.map((item) => item.productId) });
  const priced = priceOf(request.items, products);
  const isReserved = await reserve(context, id, request);
  // A concurrent attempt may have placed the order, which may already be confirmed.
  if (!isReserved) return answerAgain(await find(), requestHash);

  const placedAt = new Date();
  const paymentDueAt = new Date(placedAt.getTime() + settings.PAYMENT_TIMEOUT_MS);
  const order = { id, customerId, requestHash, priced, placedAt, paymentDueAt, status: placedStatus };
  if (await storeOrder(db, request, order)) return placedOrder(order);
  const stored = await find();
  if (!stored) throw new MeshError({ code: "UNAVAILABLE", message: "the attempt to place the order was undone" });
  // A concurrent attempt placed the order. If it is already cancelled, what was just reserved for it is released.
  const move = moveOf(transitions, id, stored.order.status, "attemptFailed");
  if (move?.releasesStock) await peers.inventory.releaseStock({ orderId: id });
  return answerAgain(stored, requestHash);
}

/** Returns the order of an idempotency key. @throws OrderError.idempotencyConflict if the request was different */
function answerAgain(stored: StoredOrder | undefined, requestHash: string): Order {
  if (stored?.requestHash !== requestHash) throw OrderError.idempotencyConflict();
  return stored.order;
}

/** Returns a new order as it was stored. */
function placedOrder({ id, customerId, status, placedAt, priced }: NewOrder): Order {
  const total = { minorUnits: priced.totalMinorUnits, currency: priced.currency };
  const cancelReason = CancelReason.CANCEL_REASON_UNSPECIFIED;
  return { id, customerId, status, placedAt, cancelReason, refundedAt: undefined, total, lines: priced.lines };
}

/** Reserves stock for an order. Returns false if it has another reservation. @throws OrderError.outOfStock */
async function reserve(
  { db, peers }: PlaceOrderContext,
  orderId: string,
  { items }: PlaceOrderRequest,
): Promise<boolean> {
  try {
    await peers.inventory.reserveStock({ orderId, items });
    return true;
  } catch (error) {
    if (!InventoryError.has(error)) throw error;
    if (error.reason === "RESERVATION_CONFLICT") return false;
    await endAttempt(db, orderId);
    const { productId } = error.metadata;
    const available = error.reason === "OUT_OF_STOCK" ? error.metadata.available : 0n;
    const requested = items.find((item) => item.productId === productId)?.quantity ?? 0;
    throw OrderError.outOfStock({ productId, requested, available });
  }
}

/** Stores an order, which ends its attempt, and publishes OrderPlaced. Returns false if the attempt has ended before. */
async function storeOrder(db: Db, request: PlaceOrderRequest, order: NewOrder): Promise<boolean> {
  const { id: orderId, customerId, priced, placedAt } = order;
  return db.transaction(async (tx) => {
    if (!(await endAttempt(tx, orderId)) || !(await insertOrder(tx, request, order))) return false;
    const total = { minorUnits: priced.totalMinorUnits, currency: priced.currency };
    await tx.publish(OrderPlaced, { orderId, customerId, total, paymentToken: request.paymentToken, placedAt });
    return true;
  });
}
