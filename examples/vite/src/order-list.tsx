import { items } from "@acme/shop-client";
import { type Order, OrderStatus } from "@acme/shop-client/orders/v1";
import { useEffect, useState } from "react";
import { client } from "./client.ts";
import { formatMoney } from "./money.ts";

const maxShown = 10;

/** The customer's orders: those just placed, then earlier ones. */
export function OrderList({ placed }: { readonly placed: readonly Order[] }) {
  const [earlier, setEarlier] = useState<readonly Order[]>([]);

  useEffect(() => {
    const ending = new AbortController();
    readOrders(ending.signal).then(setEarlier, () => {});
    return () => ending.abort();
  }, []);

  const orders = [...placed, ...earlier].slice(0, maxShown);
  return (
    <section aria-labelledby="orders">
      <h2 id="orders">Your orders</h2>
      {orders.length === 0 && <p className="quiet">None yet. Choose a product.</p>}
      {orders.length > 0 && (
        <ol className="orders">
          {orders.map((order) => (
            <OrderRow key={order.id} order={order} />
          ))}
        </ol>
      )}
    </section>
  );
}

/** The iterator requests no more pages than this loop needs. */
async function readOrders(signal: AbortSignal): Promise<Order[]> {
  const orders: Order[] = [];
  for await (const order of items(client.orders.listOrders.query, { pageSize: 10 }, { signal })) {
    orders.push(order);
    if (orders.length === maxShown) break;
  }
  return orders;
}

/** A newer shop may have more. */
const statuses: Readonly<Partial<Record<OrderStatus, string>>> = {
  [OrderStatus.ORDER_STATUS_PENDING]: "waiting for the payment",
  [OrderStatus.ORDER_STATUS_CONFIRMED]: "paid",
  [OrderStatus.ORDER_STATUS_CANCELLED]: "cancelled",
};

function OrderRow({ order }: { readonly order: Order }) {
  const { status, lines, total, placedAt } = useLive(order);
  return (
    <li data-status={status}>
      <span>
        {lines.map(({ quantity, name }) => `${quantity} × ${name}`).join(", ")}
        <small>
          <time dateTime={placedAt.toISOString()}>{placedAt.toLocaleString("en")}</time>
        </small>
      </span>
      <span>
        {formatMoney(total)}
        <small role="status">{statuses[status]}</small>
      </span>
    </li>
  );
}

/** Follows an order until it is paid or cancelled. A lost connection is opened again, and goes on after the last step. */
function useLive(order: Order): Order {
  const [current, setCurrent] = useState(order);
  const isOpen = current.status === OrderStatus.ORDER_STATUS_PENDING;

  useEffect(() => {
    if (!isOpen) return;
    const subscription = client.orders.watchOrder.subscribe(
      { id: order.id },
      { onData: ({ data }) => setCurrent(data.order) },
    );
    return () => subscription.unsubscribe();
  }, [order.id, isOpen]);

  return current;
}
