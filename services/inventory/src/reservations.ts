import {
  InventoryError,
  ReleaseReason,
  type StockItem,
  type StockLevel,
  StockReleased,
  StockReserved,
} from "@mesh/contracts/inventory/v1";
import { sameItems } from "./domain.ts";
import { extendReservation, lockReservation, moveStock, putReservation, setStatus, type Tx } from "./store.ts";

/**
 * Reserves stock for an order, either for all items or for none.
 *
 * @returns the time when the reservation expires, unless the order is confirmed before
 * @throws InventoryError.stockNotFound, InventoryError.outOfStock, InventoryError.reservationConflict
 */
export async function reserve(tx: Tx, orderId: string, items: readonly StockItem[], expiresAt: Date): Promise<Date> {
  // Always lock the reservation before the stock. A concurrent retry then waits here and finds the reservation, instead
  // of the stock that the first attempt has already taken.
  if (!(await putReservation(tx, orderId, items, expiresAt))) return extend(tx, orderId, items, expiresAt);
  // If a product has too little, the transaction is rolled back.
  checkLevels(await moveStock(tx, items, { available: -1, reserved: 1 }), items);
  await tx.publish(StockReserved, { orderId, items: [...items], expiresAt });
  return expiresAt;
}

/** Extends the reservation for a retry, because the payment may only start now. */
async function extend(tx: Tx, orderId: string, items: readonly StockItem[], expiresAt: Date): Promise<Date> {
  const earlier = await lockReservation(tx, orderId);
  const isSame = earlier?.status === "active" && sameItems(items, earlier.items);
  if (!isSame) throw InventoryError.reservationConflict({ orderId });
  if (earlier.expiresAt >= expiresAt) return earlier.expiresAt;
  await extendReservation(tx, orderId, expiresAt);
  return expiresAt;
}

/** Checks what is left of the stock after items were taken from it. */
function checkLevels(levels: ReadonlyMap<string, StockLevel>, items: readonly StockItem[]): void {
  for (const { productId, quantity } of items) {
    const level = levels.get(productId);
    if (!level) throw InventoryError.stockNotFound({ productId });
    const available = level.available + BigInt(quantity);
    if (level.available < 0n) throw InventoryError.outOfStock({ productId, requested: quantity, available });
  }
}

/** Releases the stock that is reserved for an order, if there is any. */
export async function release(tx: Tx, orderId: string, reason: ReleaseReason): Promise<void> {
  const reservation = await lockReservation(tx, orderId);
  if (reservation?.status !== "active") return;
  const { items } = reservation;
  await setStatus(tx, orderId, "released");
  await moveStock(tx, items, { available: 1, reserved: -1 });
  await tx.publish(StockReleased, { orderId, items, reason });
}

/** Releases the stock that is reserved for an order if the reservation expired before `now`. */
export async function expire(tx: Tx, orderId: string, now: Date): Promise<void> {
  const reservation = await lockReservation(tx, orderId);
  if (reservation && reservation.expiresAt < now) await release(tx, orderId, ReleaseReason.RELEASE_REASON_EXPIRED);
}

/**
 * Takes the reserved stock of an order for good. If the order was confirmed after its reservation expired, it is paid
 * and must be delivered: its stock is taken again, even below zero, and the return value reports this.
 */
export async function confirm(tx: Tx, orderId: string): Promise<"confirmed" | "late" | "unknown"> {
  const reservation = await lockReservation(tx, orderId);
  if (!reservation) return "unknown";
  if (reservation.status === "confirmed") return "confirmed";
  const late = reservation.status === "released";
  await setStatus(tx, orderId, "confirmed");
  await moveStock(tx, reservation.items, late ? { available: -1, reserved: 0 } : { available: 0, reserved: -1 });
  return late ? "late" : "confirmed";
}
