import { isPassing } from "@mesh/contracts/client";
import { type Order, OrderStatus } from "@mesh/contracts/orders/v1";
import { Link, useParams } from "@tanstack/react-router";
import { NotFoundPage } from "../layout/not-found-page.tsx";
import { sentenceOf } from "../mesh/failure.ts";
import { FailureNotice } from "../mesh/failure-notice.tsx";
import { shortId } from "../numbers.ts";
import { LiveMark } from "../product/stock-line.tsx";
import { useMay, useSession } from "../session/session-query.ts";
import { button } from "../ui/button.ts";
import { Notice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Banner } from "./banner.tsx";
import { CancelOrder } from "./cancel-order.tsx";
import { Receipt } from "./receipt.tsx";
import { StaffPayment } from "./staff-payment.tsx";
import type { Reader } from "./status.ts";
import { stopsOf } from "./steps.ts";
import { Timeline } from "./timeline.tsx";
import { type LiveOrder, useOrder } from "./use-order.ts";

/** One order, followed live. */
export function OrderPage() {
  const { id } = useParams({ from: "/orders/$id" });
  // The steps that were seen belong to one order.
  return <OneOrder key={id} id={id} />;
}

function OneOrder({ id }: { id: string }) {
  const live = useOrder(id);
  if (live.isMissing) return <NotFoundPage what="order" />;
  return (
    <div className="gutter mx-auto max-w-6xl pt-6">
      <title>{`Order ${shortId(id)} · Heddle`}</title>
      <Problems live={live} />
      {live.order ? <Progress live={live} order={live.order} /> : <OrderSkeleton />}
    </div>
  );
}

/** Shows which service is unavailable: for the order, its products, or its updates. */
function Problems({ live: { order, error, liveError, liveness } }: { live: LiveOrder }) {
  const isAway = liveness === "reconnecting";
  if (!error && !isAway) return null;
  if (error && !isPassing(error)) return <FailureNotice error={error} className="mb-6" />;
  const cause = liveError ?? error;
  // The notice about the session is enough.
  if (cause?.data?.httpStatus === 401) return null;
  // While the order itself is followed, only its products can be missing.
  const part = error && order && !isAway ? "Catalog" : "Orders";
  const sentence = cause && part === "Orders" ? sentenceOf(cause) : `${part} is unavailable. Trying again…`;
  return (
    <Notice tone="wait" className="mb-6">
      {sentence}
    </Notice>
  );
}

function Progress({ live, order }: { live: LiveOrder; order: Order }) {
  const isPending = order.status === OrderStatus.ORDER_STATUS_PENDING;
  const reader = useReader(order);
  const mayRefund = useMay("payments:refund");
  return (
    <>
      <Banner order={order} products={live.products} reader={reader} />
      <div className="mt-10 grid items-start gap-12 lg:grid-cols-[1fr_24rem] lg:gap-16">
        <section aria-labelledby="progress">
          <div className="mb-6 flex items-baseline justify-between gap-4">
            <h2 id="progress" className="text-2xl display">
              Progress
            </h2>
            {isPending && <LiveMark liveness={live.liveness} />}
          </div>
          <Timeline stops={stopsOf(live.steps, order.status, reader)} />
          <div className="mt-10 flex flex-wrap gap-3">
            {isPending && reader === "customer" && <CancelOrder order={order} />}
            <Link to="/orders" className={button("quiet")}>
              {reader === "customer" ? "All your orders" : "Find another order"}
            </Link>
          </div>
        </section>
        <div className="grid gap-8">
          <Receipt order={order} products={live.products} />
          {mayRefund && <StaffPayment order={order} steps={live.steps.length} />}
        </div>
      </div>
    </>
  );
}

/** Only staff can see the order of another customer. */
function useReader({ customerId }: Order): Reader {
  const session = useSession();
  return session.customerId === undefined || session.customerId === customerId ? "customer" : "staff";
}

function OrderSkeleton() {
  return (
    <>
      <Skeleton className="h-52 w-full rounded-3xl" />
      <div className="mt-10 grid gap-12 lg:grid-cols-[1fr_24rem] lg:gap-16">
        <Skeleton className="h-56 w-full" />
        <Skeleton className="h-72 w-full" />
      </div>
    </>
  );
}
