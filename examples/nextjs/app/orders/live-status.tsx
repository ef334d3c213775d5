"use client";
import { createClient } from "@acme/shop-client";
import { OrderStatus } from "@acme/shop-client/orders/v1";
import { useEffect, useState } from "react";
import { publicGatewayUrl } from "../../mesh/url.ts";

/** The browser follows an order at the gateway itself: a server component ends with its response. */
const client = createClient({ url: `${publicGatewayUrl}/trpc`, credentials: "include" });

/** A newer shop may have more. */
const words: Readonly<Partial<Record<OrderStatus, string>>> = {
  [OrderStatus.ORDER_STATUS_PENDING]: "waiting for the payment",
  [OrderStatus.ORDER_STATUS_CONFIRMED]: "paid",
  [OrderStatus.ORDER_STATUS_CANCELLED]: "cancelled",
};

/** Shows the status of an order, and follows it until it is paid or cancelled. */
export function LiveStatus({ id, first }: { readonly id: string; readonly first: OrderStatus }) {
  const [status, setStatus] = useState(first);
  const isOpen = status === OrderStatus.ORDER_STATUS_PENDING;

  useEffect(() => {
    if (!isOpen) return;
    const subscription = client.orders.watchOrder.subscribe(
      { id },
      { onData: ({ data }) => setStatus(data.order.status) },
    );
    return () => subscription.unsubscribe();
  }, [id, isOpen]);

  return (
    <small role="status" data-status={status}>
      {words[status]}
    </small>
  );
}
