import {
  CancelReason,
  type Order,
  OrderError,
  type OrderStatus,
  type OrderStep,
  type PlaceOrderRequest,
  type WatchOrderResponse,
} from "@mesh/contracts/orders/v1";
import type { Database, Transaction } from "@mesh/service";
import { defer, statement } from "@mesh/store";
import { and, asc, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import type { Priced } from "./domain.ts";
import * as schema from "./schema.ts";

export type Db = Database<typeof schema>;
export type Tx = Transaction<typeof schema>;
type OrderRow = typeof schema.orders.$inferSelect;
type LineRow = typeof schema.orderLines.$inferSelect;

/** A row of orders with one of their lines, by the names of the tables. */
interface JoinedRow {
  readonly orders: OrderRow;
  readonly order_lines: LineRow;
}

/** The PostgreSQL channel for new steps. A message has the id of the order. */
export const orderChannel = "order_steps";

/** The stored properties of a new order that are not part of the request. */
export interface NewOrder {
  readonly id: string;
  readonly customerId: string;
  readonly status: OrderStatus;
  readonly requestHash: string;
  readonly priced: Priced;
  readonly placedAt: Date;
  readonly paymentDueAt: Date;
}

/** Stores an order with its first step. Returns false if the customer already used the idempotency key. */
export async function insertOrder(tx: Tx, request: PlaceOrderRequest, order: NewOrder): Promise<boolean> {
  const { lines, currency, totalMinorUnits } = order.priced;
  const { idempotencyKey, email, name, address } = request;
  const row = { ...order, idempotencyKey, email, name, address, currency, totalMinorUnits };
  const inserted = await tx
    .insert(schema.orders)
    .values({ ...row, cancelReason: CancelReason.CANCEL_REASON_UNSPECIFIED })
    .onConflictDoNothing()
    .returning({ id: schema.orders.id });
  if (inserted.length === 0) return false;
  const orderLines = tx.insert(schema.orderLines).values(
    lines.map(({ productId, name, quantity, unitPrice }, position) => {
      return { orderId: order.id, position, productId, name, quantity, unitPriceMinorUnits: unitPrice.minorUnits };
    }),
  );
  await defer(tx, orderLines);
  // It can have no watchers yet.
  await defer(
    tx,
    tx.insert(schema.orderSteps).values({ orderId: order.id, number: 1, kind: "placed", at: order.placedAt }),
  );
  return true;
}

/** Adds a step to an order that the transaction has changed, and notifies its watchers. */
export async function insertStep(
  tx: Tx,
  orderId: string,
  step: { kind: "placed" | "confirmed" | "cancelled" | "refunded"; at: Date; paymentId?: string },
): Promise<void> {
  const { orderSteps } = schema;
  // The last entry of the index of the primary key, so it costs the same however many steps there are.
  const number = sql`(select coalesce(max(number), 0) + 1 from ${orderSteps} where ${eq(orderSteps.orderId, orderId)})`;
  const notified = sql`pg_notify(${orderChannel}, ${orderId})`;
  await defer(
    tx,
    tx
      .insert(orderSteps)
      .values({ ...step, orderId, number })
      .returning({ notified }),
  );
}

const selectStatus = statement((tx: Tx, value: (name: "id") => never) => {
  const { orders } = schema;
  const columns = { id: orders.id, status: orders.status, customerId: orders.customerId };
  return tx
    .select(columns)
    .from(orders)
    .where(eq(orders.id, value("id")))
    .for("update");
});

/** Finds what a transition depends on, and locks the order until the transaction ends. */
export async function lockOrder(
  tx: Tx,
  id: string,
): Promise<Pick<OrderRow, "id" | "status" | "customerId"> | undefined> {
  const [row] = await selectStatus(tx, { id });
  return row;
}

/** Changes an order that the transaction has locked. */
export async function updateOrder(
  tx: Tx,
  id: string,
  change: Partial<Pick<OrderRow, "status" | "cancelReason" | "refundedAt">>,
): Promise<void> {
  await defer(tx, tx.update(schema.orders).set(change).where(eq(schema.orders.id, id)));
}

/** An order, with the hash of the request that placed it. */
export interface StoredOrder {
  readonly order: Order;
  readonly requestHash: string;
}

const selectOrder = statement((db: Db | Tx, value: (name: "id") => never) => {
  const { orders, orderLines } = schema;
  return db
    .select()
    .from(orders)
    .innerJoin(orderLines, eq(orderLines.orderId, orders.id))
    .where(eq(orders.id, value("id")))
    .orderBy(asc(orderLines.position));
});

/** Finds an order of any customer, with the hash of its request. */
export async function findStored(db: Db | Tx, id: string): Promise<StoredOrder | undefined> {
  const rows = await selectOrder(db, { id });
  const [order] = ordersOf(rows);
  return order && { order, requestHash: rows[0]?.orders.requestHash ?? "" };
}

/** Finds an order of any customer. @throws OrderError.orderNotFound if it does not exist */
export async function findOrder(db: Db | Tx, id: string): Promise<Order> {
  const stored = await findStored(db, id);
  if (!stored) throw OrderError.orderNotFound({ orderId: id });
  return stored.order;
}

/** Finds a customer's order. @throws OrderError.orderNotFound if it does not exist or belongs to another customer */
export async function findOrderOf(db: Db | Tx, customerId: string, id: string): Promise<Order> {
  const order = await findOrder(db, id);
  if (order.customerId !== customerId) throw OrderError.orderNotFound({ orderId: id });
  return order;
}

/** The order after which a page continues. */
export interface Cursor {
  readonly placedAt: Date;
  readonly id: string;
}

/** Returns a customer's orders, newest first. */
export async function listOrders(db: Db, customerId: string, limit: number, after?: Cursor): Promise<Order[]> {
  const { orders, orderLines } = schema;
  const behind = after && sql`(${orders.placedAt}, ${orders.id}) < (${after.placedAt.toISOString()}, ${after.id})`;
  const found = db
    .select()
    .from(orders)
    .where(and(eq(orders.customerId, customerId), behind))
    .orderBy(desc(orders.placedAt), desc(orders.id))
    .limit(limit)
    .as("orders");
  const rows = await db
    .select()
    .from(found)
    .innerJoin(orderLines, eq(orderLines.orderId, found.id))
    .orderBy(desc(found.placedAt), desc(found.id), asc(orderLines.position));
  return ordersOf(rows);
}

/** Removes a customer from some of their orders that have one of the statuses. Returns the ids of these orders. */
export async function forgetCustomer(
  tx: Tx,
  customerId: string,
  statuses: readonly OrderStatus[],
  limit: number,
): Promise<string[]> {
  const { orders } = schema;
  const isSettled = inArray(orders.status, [...statuses]);
  const some = tx
    .select({ id: orders.id })
    .from(orders)
    .where(and(eq(orders.customerId, customerId), isSettled))
    .limit(limit)
    .for("update");
  const rows = await tx
    .update(orders)
    // Each order gets another id, so that they are not those of one customer any more.
    .set({ customerId: sql`gen_random_uuid()`, email: "", name: "", address: "", requestHash: "" })
    .where(inArray(orders.id, some))
    .returning({ id: orders.id });
  return rows.map(({ id }) => id);
}

/** Returns the ids of orders whose time in a state is up. Skips orders that another process has locked. */
export async function lockOverdue(
  tx: Tx,
  { status, dueAt, now, limit }: { status: OrderStatus; dueAt: "paymentDueAt"; now: Date; limit: number },
): Promise<string[]> {
  const { orders } = schema;
  const rows = await tx
    .select({ id: orders.id })
    .from(orders)
    .where(and(eq(orders.status, status), lt(orders[dueAt], now)))
    .limit(limit)
    .for("update", { skipLocked: true });
  return rows.map((row) => row.id);
}

const selectSteps = statement((db: Db, value: (name: "id" | "number") => never) => {
  const { orders, orderSteps } = schema;
  const { customerId, status, cancelReason, refundedAt } = orders;
  return db
    .select({ order: { customerId, status, cancelReason, refundedAt }, step: orderSteps })
    .from(orderSteps)
    .innerJoin(orders, eq(orders.id, orderSteps.orderId))
    .where(and(eq(orderSteps.orderId, value("id")), gt(orderSteps.number, value("number"))))
    .orderBy(asc(orderSteps.number));
});

/** Returns the steps of an order after a number, with the order as it is then. Its lines and its sum never change. */
export async function stepsAfter(db: Db, earlier: Order, number: number): Promise<WatchOrderResponse[]> {
  const rows = await selectSteps(db, { id: earlier.id, number });
  return rows.map(({ step, order: now }) => {
    const order = { ...earlier, ...now, refundedAt: now.refundedAt ?? undefined };
    return { order, step: { number: step.number, at: step.at, event: stepEvent(step, order) } };
  });
}

function stepEvent(row: typeof schema.orderSteps.$inferSelect, order: Order): NonNullable<OrderStep["event"]> {
  const paymentId = row.paymentId ?? "";
  if (row.kind === "placed") return { $case: "placed", value: { total: order.total } };
  if (row.kind === "confirmed") return { $case: "confirmed", value: { paymentId } };
  if (row.kind === "refunded") return { $case: "refunded", value: { paymentId } };
  return { $case: "cancelled", value: { reason: order.cancelReason } };
}

/** Returns orders from rows that have one line each. The lines of an order follow each other. */
function ordersOf(rows: readonly JoinedRow[]): Order[] {
  const found = new Map<string, { row: OrderRow; lines: LineRow[] }>();
  for (const { orders: row, order_lines: line } of rows) {
    const earlier = found.get(row.id);
    if (earlier) earlier.lines.push(line);
    else found.set(row.id, { row, lines: [line] });
  }
  return [...found.values()].map(({ row, lines }) => orderOf(row, lines));
}

function orderOf(row: OrderRow, lines: readonly LineRow[]): Order {
  const { id, customerId, status, currency, totalMinorUnits, placedAt, cancelReason, refundedAt } = row;
  return {
    id,
    customerId,
    status,
    placedAt,
    cancelReason,
    refundedAt: refundedAt ?? undefined,
    total: { currency, minorUnits: totalMinorUnits },
    lines: lines.map(({ productId, name, quantity, unitPriceMinorUnits: minorUnits }) => {
      return { productId, name, quantity, unitPrice: { currency, minorUnits } };
    }),
  };
}
