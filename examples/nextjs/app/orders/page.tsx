import type { Metadata } from "next";
import { Suspense } from "react";
import { readAsCustomer } from "../../mesh/customer.ts";
import { formatMoney } from "../money.ts";
import { LiveStatus } from "./live-status.tsx";

export const metadata: Metadata = { title: "Orders" };

export default function OrdersPage() {
  return (
    <>
      <h1>Your orders</h1>
      <Suspense fallback={<p className="quiet">Looking…</p>}>
        <Orders />
      </Suspense>
    </>
  );
}

async function Orders() {
  const client = await readAsCustomer();
  const { orders } = await client.orders.listOrders.query({ pageSize: 20 });
  if (orders.length === 0) return <p className="quiet">None yet.</p>;
  return (
    <ol className="orders">
      {orders.map(({ id, lines, total, placedAt, status }) => (
        <li key={id}>
          <span>
            {lines.map(({ quantity, name }) => `${quantity} × ${name}`).join(", ")}
            <small>
              <time dateTime={placedAt.toISOString()}>{placedAt.toUTCString()}</time>
            </small>
          </span>
          <span>
            {formatMoney(total)}
            <LiveStatus id={id} first={status} />
          </span>
        </li>
      ))}
    </ol>
  );
}
