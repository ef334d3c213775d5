import {
  InventoryError,
  ReleaseReason,
  type StockItem,
  type StockLevel,
  StockReleased,
  StockReserved,
} from "@mesh/contracts/inventory/v1";
import { sameItems } from "./domain.ts";
import {
  extendReservation,
  itemsOf,
  lockReservation,
  lockStock,
  moveStock,
  putReservation,
  setStatus,
  type Tx,
} from "./store.ts";

/**
 * Keeps pieces for an order, all or none.
 *
 * @returns when they are given back unless the order is confirmed
 * @throws InventoryError.stockNotFound, InventoryError.outOfStock, InventoryError.reservationConflict
 */
export async function reserve(tx: Tx, orderId: string, items: readonly StockItem[], expiresAt: Date): Promise<Date> {
  // The reservation comes before the stock, here as everywhere: who asks again at the same time waits here, and then
  // finds it, rather than the shelf that it has emptied.
  if (!(await putReservation(tx, orderId, items, expiresAt))) return extend(tx, orderId, items, expiresAt);
  checkLevels(await lockStock(tx, idsOf(items)), items);
  await moveStock(tx, items, { available: -1, reserved: 1 });
  await tx.publish(StockReserved, { orderId, items: [...items], expiresAt });
  return expiresAt;
}

/** Who asks again for the same has as much time as who asks first: a payment may be waited for from now on. */
async function extend(tx: Tx, orderId: string, items: readonly StockItem[], expiresAt: Date): Promise<Date> {
  const earlier = await lockReservation(tx, orderId);
  const isSame = earlier?.status === "active" && sameItems(items, await itemsOf(tx, orderId));
  if (!isSame) throw InventoryError.reservationConflict({ orderId });
  if (earlier.expiresAt >= expiresAt) return earlier.expiresAt;
  await extendReservation(tx, orderId, expiresAt);
  return expiresAt;
}

function checkLevels(levels: ReadonlyMap<string, StockLevel>, items: readonly StockItem[]): void {
  for (const { productId, quantity } of items) {
    const level = levels.get(productId);
    if (!level) throw InventoryError.stockNotFound({ productId });
    const { available } = level;
    if (available < quantity) throw InventoryError.outOfStock({ productId, requested: quantity, available });
  }
}

/** Gives the pieces kept for an order back; nothing happens where nothing is kept. */
export async function release(tx: Tx, orderId: string, reason: ReleaseReason): Promise<void> {
  const reservation = await lockReservation(tx, orderId);
  if (reservation?.status !== "active") return;
  const items = await itemsOf(tx, orderId);
  await moveItems(tx, items, { available: 1, reserved: -1 });
  await setStatus(tx, orderId, "released");
  await tx.publish(StockReleased, { orderId, items, reason });
}

/** Gives the pieces kept for an order back if its time ran out before `now`. */
export async function expire(tx: Tx, orderId: string, now: Date): Promise<void> {
  const reservation = await lockReservation(tx, orderId);
  if (reservation && reservation.expiresAt < now) await release(tx, orderId, ReleaseReason.RELEASE_REASON_EXPIRED);
}

/**
 * Takes the pieces kept for an order off the shelf for good. An order that was confirmed after its reservation ran out
 * is paid and must be served: its pieces are taken again, even below zero, and the return value says so.
 */
export async function confirm(tx: Tx, orderId: string): Promise<"confirmed" | "late" | "unknown"> {
  const reservation = await lockReservation(tx, orderId);
  if (!reservation) return "unknown";
  if (reservation.status === "confirmed") return "confirmed";
  const late = reservation.status === "released";
  await moveItems(
    tx,
    await itemsOf(tx, orderId),
    late ? { available: -1, reserved: 0 } : { available: 0, reserved: -1 },
  );
  await setStatus(tx, orderId, "confirmed");
  return late ? "late" : "confirmed";
}

async function moveItems(tx: Tx, items: readonly StockItem[], move: Parameters<typeof moveStock>[2]): Promise<void> {
  await lockStock(tx, idsOf(items));
  await moveStock(tx, items, move);
}

function idsOf(items: readonly StockItem[]): string[] {
  return items.map((item) => item.productId);
}
