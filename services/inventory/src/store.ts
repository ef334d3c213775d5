import type { StockCount, StockItem, StockLevel } from "@mesh/contracts/inventory/v1";
import { canonical, type Database, notify, type Transaction } from "@mesh/service";
import { defer, statement } from "@mesh/store";
import { and, asc, eq, inArray, lt, sql } from "drizzle-orm";
import * as schema from "./schema.ts";

export type Db = Database<typeof schema>;
export type Tx = Transaction<typeof schema>;
export type ReservationRow = typeof schema.reservations.$inferSelect;
const { stock, reservations, reservationItems } = schema;

/** The PostgreSQL channel for changes of stock. A message has the ids of products, or `*` if there are many. */
export const stockChannel = "stock_changed";

/** Returns the stock of products, in the order of the given ids. Unknown products are left out. */
export async function findStock(db: Db | Tx, productIds: readonly string[]): Promise<StockLevel[]> {
  const rows = await db
    .select()
    .from(stock)
    .where(inArray(stock.productId, [...productIds]));
  const byId = new Map(rows.map((row) => [row.productId, row]));
  return productIds.flatMap((id) => byId.get(canonical(id)) ?? []);
}

/** Returns the stock of products and locks it until the transaction ends. A fixed order prevents deadlocks. */
export async function lockStock(tx: Tx, productIds: readonly string[]): Promise<Map<string, StockLevel>> {
  const mine = inArray(stock.productId, [...productIds]);
  const rows = await tx.select().from(stock).where(mine).orderBy(asc(stock.productId)).for("update");
  return new Map(rows.map((row) => [row.productId, row]));
}

/** Sets the available stock. Reservations stay. New products are locked in the order of the list. */
export async function setStock(tx: Tx, counts: readonly StockCount[]): Promise<void> {
  await lockStock(
    tx,
    counts.map((count) => count.productId),
  );
  await tx
    .insert(stock)
    .values(counts.map(({ productId, available }) => ({ productId, available, reserved: 0n })))
    .onConflictDoUpdate({ target: stock.productId, set: { available: sql`excluded.available` } });
  await tellChanged(
    tx,
    counts.map((count) => count.productId),
  );
}

/** Changes stock by adding the given numbers, and returns it. Unknown products are left out. A fixed order prevents deadlocks. */
export async function moveStock(
  tx: Tx,
  items: readonly StockItem[],
  move: { available: -1 | 0 | 1; reserved: -1 | 0 | 1 },
): Promise<Map<string, StockLevel>> {
  const productIds = items.map((item) => item.productId);
  const quantities = items.map((item) => item.quantity);
  const rows = await addToStock(tx, { productIds, quantities, ...move });
  return new Map(rows.map(({ level }) => [level.productId, level]));
}

type Addend = "productIds" | "quantities" | "available" | "reserved";

const addToStock = statement((tx: Tx, value: (name: Addend) => never) => {
  const lists = sql`${value("productIds")}::uuid[], ${value("quantities")}::bigint[]`;
  const moved = sql`unnest(${lists}) as moved (product_id, quantity)`;
  const locked = tx.$with("locked").as(
    tx
      .select({ productId: stock.productId, quantity: sql<bigint>`moved.quantity`.as("quantity") })
      .from(stock)
      .innerJoin(moved, eq(stock.productId, sql`moved.product_id`))
      .orderBy(asc(stock.productId))
      .for("update", { of: stock }),
  );
  return tx
    .with(locked)
    .update(stock)
    .set({
      available: sql`${stock.available} + ${value("available")}::bigint * ${locked.quantity}`,
      reserved: sql`${stock.reserved} + ${value("reserved")}::bigint * ${locked.quantity}`,
    })
    .from(locked)
    .where(eq(stock.productId, locked.productId))
    .returning({ level: stock, notified: sql`pg_notify(${stockChannel}, ${stock.productId}::text)` });
});

/** A reservation with its items, sorted by product id. */
export interface Reservation extends ReservationRow {
  readonly items: StockItem[];
}

const selectReservation = statement((tx: Tx, value: (name: "orderId") => never) =>
  tx
    .select()
    .from(reservations)
    .where(eq(reservations.orderId, value("orderId")))
    .for("update"),
);

const selectItems = statement((tx: Tx, value: (name: "orderId") => never) => {
  const { productId, quantity } = reservationItems;
  return tx
    .select({ productId, quantity })
    .from(reservationItems)
    .where(eq(reservationItems.orderId, value("orderId")))
    .orderBy(asc(productId));
});

/** Finds a reservation and locks it until the transaction ends. */
export async function lockReservation(tx: Tx, orderId: string): Promise<Reservation | undefined> {
  // Both are sent together, and the second one begins when the lock is taken: a join would read items of before.
  const [[row], items] = await Promise.all([selectReservation(tx, { orderId }), selectItems(tx, { orderId })]);
  return row && { ...row, items };
}

const upsertReservation = statement((tx: Tx, value: (name: "orderId" | "expiresAt") => never) => {
  const row = { status: "active", expiresAt: value("expiresAt") } as const;
  return (
    tx
      .insert(reservations)
      .values({ orderId: value("orderId"), ...row })
      .onConflictDoUpdate({ target: reservations.orderId, set: row, setWhere: eq(reservations.status, "released") })
      // No transaction has changed or locked a row that was just inserted.
      .returning({ isNew: sql<boolean>`xmax = 0` })
  );
});

/** Stores an active reservation, replacing one that is over. Returns false if a concurrent one came first. */
export async function putReservation(
  tx: Tx,
  orderId: string,
  items: readonly StockItem[],
  expiresAt: Date,
): Promise<boolean> {
  const [put] = await upsertReservation(tx, { orderId, expiresAt });
  if (!put) return false;
  if (!put.isNew) await defer(tx, tx.delete(reservationItems).where(eq(reservationItems.orderId, orderId)));
  const rows = items.map(({ productId, quantity }) => ({ orderId, productId, quantity }));
  await defer(tx, tx.insert(reservationItems).values(rows));
  return true;
}

/** Extends a locked reservation. */
export async function extendReservation(tx: Tx, orderId: string, expiresAt: Date): Promise<void> {
  await tx.update(reservations).set({ expiresAt }).where(eq(reservations.orderId, orderId));
}

const updateStatus = statement((tx: Tx, value: (name: "orderId" | "status") => never) =>
  tx
    .update(reservations)
    .set({ status: value("status") })
    .where(eq(reservations.orderId, value("orderId"))),
);

/** Ends a reservation. */
export async function setStatus(tx: Tx, orderId: string, status: "confirmed" | "released"): Promise<void> {
  await defer(tx, updateStatus(tx, { orderId, status }));
}

/** Returns the orders whose reservations expired, oldest first. */
export async function findExpired(db: Db, now: Date, limit: number): Promise<string[]> {
  const rows = await db
    .select({ orderId: reservations.orderId })
    .from(reservations)
    .where(and(eq(reservations.status, "active"), lt(reservations.expiresAt, now)))
    .orderBy(asc(reservations.expiresAt))
    .limit(limit);
  return rows.map((row) => row.orderId);
}

async function tellChanged(tx: Tx, productIds: readonly string[]): Promise<void> {
  // PostgreSQL accepts at most 8,000 bytes of payload.
  const payload = productIds.length > 100 ? "*" : productIds.join(",");
  await notify(tx, stockChannel, payload);
}
