import type { Order } from "@mesh/contracts/orders/v1";
import { type Payment, PaymentStatus } from "@mesh/contracts/payments/v1";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../mesh/client.ts";
import { isMissing } from "../mesh/failure.ts";
import { QueryNotice } from "../mesh/query-notice.tsx";
import { formatMoney } from "../money.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { Figure, StaffPanel } from "../ui/staff-panel.tsx";
import { RefundPayment } from "./refund-payment.tsx";

interface StaffPaymentProps {
  readonly order: Order;
  /** How many steps of the order are known: each may have changed its payment. */
  readonly steps: number;
}

const names: Readonly<Record<number, string>> = {
  [PaymentStatus.PAYMENT_STATUS_PENDING]: "Pending",
  [PaymentStatus.PAYMENT_STATUS_AUTHORIZED]: "Authorized",
  [PaymentStatus.PAYMENT_STATUS_FAILED]: "Failed",
  [PaymentStatus.PAYMENT_STATUS_REFUNDED]: "Refunded",
  [PaymentStatus.PAYMENT_STATUS_VOIDED]: "Voided",
};

/** The payment of an order, which staff can refund. */
export function StaffPayment({ order, steps }: StaffPaymentProps) {
  const query = useQuery(api.payments.getPayment.queryOptions({ orderId: order.id }, { staleTime: 0 }));
  const { refetch } = query;
  useEffect(() => {
    if (steps > 0) void refetch({ cancelRefetch: false });
  }, [steps, refetch]);
  const isNone = query.error !== null && isMissing(query.error);
  return (
    <StaffPanel title="Payment">
      {isNone ? <p className="mt-4">This order has no payment yet.</p> : <QueryNotice query={query} className="mt-4" />}
      {query.data ? <Details payment={query.data.payment} /> : !query.error && <Skeleton className="mt-4 h-12" />}
    </StaffPanel>
  );
}

function Details({ payment }: { payment: Payment }) {
  return (
    <>
      <dl className="mt-4 flex flex-wrap gap-x-10 gap-y-3">
        <Figure name="Status">{names[payment.status] ?? "Unknown"}</Figure>
        <Figure name="Amount">{formatMoney(payment.amount)}</Figure>
      </dl>
      {payment.status === PaymentStatus.PAYMENT_STATUS_AUTHORIZED && <RefundPayment payment={payment} />}
    </>
  );
}
