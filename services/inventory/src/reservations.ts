import {
  InventoryError,
  type ReleaseReason,
  type StockItem,
  StockReleased,
  StockReserved,
} from "@mesh/contracts/inventory/v1";
import { sameItems } from "./domain.ts";
import {
  itemsOf,
  lockReservation,
  lockStock,
  moveStock,
  putReservation,
  type ReservationRow,
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
  const earlier = await lockReservation(tx, orderId);
  if (earlier && earlier.status !== "released") return answerAgain(tx, earlier, items);
  const levels = await lockStock(
    tx,
    items.map((item) => item.productId),
  );
  for (const { productId, quantity } of items) {
    const level = levels.get(productId);
    if (!level) throw InventoryError.stockNotFound({ productId });
    const { available } = level;
    if (available < quantity) throw InventoryError.outOfStock({ productId, requested: quantity, available });
  }
  if (!(await putReservation(tx, orderId, items, expiresAt))) return reserve(tx, orderId, items, expiresAt);
  await moveStock(tx, items, { available: -1, reserved: 1 });
  await tx.publish(StockReserved, { orderId, items: [...items], expiresAt });
  return expiresAt;
}

async function answerAgain(tx: Tx, earlier: ReservationRow, items: readonly StockItem[]): Promise<Date> {
  const { orderId, status, expiresAt } = earlier;
  if (status === "active" && sameItems(items, await itemsOf(tx, orderId))) return expiresAt;
  throw InventoryError.reservationConflict({ orderId });
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
  await lockStock(
    tx,
    items.map((item) => item.productId),
  );
  await moveStock(tx, items, move);
}
