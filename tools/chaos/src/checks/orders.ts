import { OrderStatus } from "@mesh/contracts/orders/v1";
import { PaymentStatus } from "@mesh/contracts/payments/v1";
import type { Accepted } from "../load/orders.ts";
import { seededStock } from "../load/shop.ts";
import type { Databases } from "./databases.ts";
import { each, type Violation } from "./violation.ts";

const confirmed = OrderStatus.ORDER_STATUS_CONFIRMED;
const cancelled = OrderStatus.ORDER_STATUS_CANCELLED;

/** I1: exactly one terminal state. */
export async function checkTerminalStates(databases: Databases, accepted: readonly Accepted[]): Promise<Violation[]> {
  const sql = `
    select o.id, o.status, count(s.*) filter (where s.kind in ('confirmed', 'cancelled'))::int as ends
    from orders o left join order_steps s on s.order_id = o.id group by o.id`;
  const rows = await databases.query<{ id: string; status: number; ends: number }>("orders", sql);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return accepted.flatMap(({ id }): Violation[] => {
    const order = byId.get(id);
    if (!order) return [{ invariant: "I1", what: `order ${id} was accepted and is not stored` }];
    const isTerminal = order.status === confirmed || order.status === cancelled;
    if (isTerminal && order.ends === 1) return [];
    return [{ invariant: "I1", what: `order ${id} has the status ${order.status} and ${order.ends} terminal states` }];
  });
}

/** I2: charged once. Payments store one row for each order, so the ledger decides, which has an entry for each effect. */
export async function checkCharges(databases: Databases): Promise<Violation[]> {
  const sql = `
    select key, subject, count(*)::int as count from entries
    where version is null group by key, subject having count(*) > 1`;
  const twice = await databases.query<{ key: string; subject: string; count: number }>("ledger", sql);
  return each("I2", twice, ({ key, subject, count }) => `${subject} of ${key} took effect ${count} times`);
}

/** I3: a charge belongs to an order. */
export async function checkChargedOrders(databases: Databases): Promise<Violation[]> {
  const orders = await databases.query<{ id: string }>("orders", "select id from orders");
  const known = new Set(orders.map(({ id }) => id));
  const authorized = PaymentStatus.PAYMENT_STATUS_AUTHORIZED;
  const sql = "select order_id from payments where status = $1";
  const charged = await databases.query<{ order_id: string }>("payments", sql, [authorized]);
  const unknown = charged.filter(({ order_id: id }) => !known.has(id));
  return each("I3", unknown, ({ order_id: id }) => `payment of ${id}, which is no order`);
}

/** I7: the stock is that of the beginning without what confirmed orders took. */
export async function checkStock(databases: Databases): Promise<Violation[]> {
  const sql = `
    select l.product_id as id, sum(l.quantity)::bigint as sold from order_lines l join orders o on o.id = l.order_id
    where o.status = $1 group by l.product_id`;
  const sold = await databases.query<{ id: string; sold: string }>("orders", sql, [confirmed]);
  const soldOf = new Map(sold.map(({ id, sold: count }) => [id, BigInt(count)]));
  const stock = await databases.query<{ product_id: string; available: string; reserved: string }>(
    "inventory",
    "select product_id, available, reserved from stock",
  );
  const wrong = stock.filter(({ product_id: id, available, reserved }) => {
    return BigInt(available) !== seededStock - (soldOf.get(id) ?? 0n) || BigInt(reserved) !== 0n;
  });
  return each("I7", wrong, ({ product_id: id, available, reserved }) => {
    const expected = seededStock - (soldOf.get(id) ?? 0n);
    return `product ${id} has ${available} available and ${reserved} reserved, expected ${expected} and 0`;
  });
}
