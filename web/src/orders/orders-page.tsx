import { type Order, OrderStatus } from "@mesh/contracts/orders/v1";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { MessagePage } from "../layout/message-page.tsx";
import { api } from "../mesh/client.ts";
import { QueryNotice } from "../mesh/query-notice.tsx";
import { refetchIntervalMs } from "../mesh/retry.ts";
import { useMay } from "../session/session-query.ts";
import { button } from "../ui/button.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { FindOrder } from "./find-order.tsx";
import { OrderRow } from "./order-row.tsx";
import { useProducts } from "./use-products.ts";

/** The interval at which the list is fetched while it has a pending order, in milliseconds. */
const pendingRefetchMs = 3_000;

/** The orders of this browser, newest first. */
export function OrdersPage() {
  const { token = "" } = useSearch({ from: "/orders" });
  const list = useQuery(
    api.orders.listOrders.queryOptions(
      { pageSize: 20, pageToken: token },
      {
        staleTime: 0,
        placeholderData: keepPreviousData,
        refetchInterval: (query) =>
          query.state.data?.orders.some(isPending) ? pendingRefetchMs : refetchIntervalMs(query),
      },
    ),
  );
  const mayReadAny = useMay("orders:read_any");
  if (list.data?.orders.length === 0 && token === "" && !mayReadAny) return <NoOrders />;
  return (
    <div className="gutter mx-auto max-w-6xl pt-8 md:pt-12">
      <title>Orders · Heddle</title>
      <h1 className="mb-8 text-[clamp(3rem,8vw,6rem)] display">Orders</h1>
      {mayReadAny && <FindOrder />}
      <QueryNotice query={list} className="mb-6" />
      {list.data ? <OrderList orders={list.data.orders} /> : !list.isError && <OrderListSkeleton />}
      {list.data?.nextPageToken && (
        <Link to="/orders" search={{ token: list.data.nextPageToken }} className={button("line", "medium", "mt-8")}>
          Older orders
        </Link>
      )}
    </div>
  );
}

const isPending = ({ status }: Order) => status === OrderStatus.ORDER_STATUS_PENDING;

function OrderList({ orders }: { orders: readonly Order[] }) {
  const products = useProducts(orders);
  if (orders.length === 0) return <p className="text-soft">You have placed no orders yourself.</p>;
  return (
    <ul aria-label="Orders" className="border-ink border-t-[1.5px]">
      {orders.map((order) => (
        <li key={order.id}>
          <OrderRow order={order} products={products} />
        </li>
      ))}
    </ul>
  );
}

function OrderListSkeleton() {
  return (
    <div className="grid gap-4 border-ink border-t-[1.5px] pt-4">
      <Skeleton className="h-20 w-full" />
      <Skeleton className="h-20 w-full" />
      <Skeleton className="h-20 w-full" />
    </div>
  );
}

function NoOrders() {
  return (
    <>
      <title>Orders · Heddle</title>
      <MessagePage
        title="No orders yet"
        picture="Coat Rack"
        action={
          <Link to="/" className={button("solid", "large")}>
            Browse the shop
          </Link>
        }
      >
        Your orders appear here. Only this browser can see them: it is your account.
      </MessagePage>
    </>
  );
}
