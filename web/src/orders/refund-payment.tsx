import { AlertDialog } from "@base-ui/react/alert-dialog";
import { isPassing } from "@mesh/contracts/client";
import type { Payment } from "@mesh/contracts/payments/v1";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../mesh/client.ts";
import { useIdempotencyKey } from "../mesh/idempotency-key.ts";
import { retryMutation } from "../mesh/retry.ts";
import { formatMoney } from "../money.ts";
import { shortId } from "../numbers.ts";
import { button } from "../ui/button.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Notice } from "../ui/notice.tsx";
import { type PaymentCallError, refundProblem } from "./refund-problem.ts";

/** Refunds an authorized payment after a confirmation. */
export function RefundPayment({ payment: { orderId, amount } }: { payment: Payment }) {
  const [isOpen, setOpen] = useState(false);
  const queryClient = useQueryClient();
  const [keyed, renewKey] = useIdempotencyKey();
  const refund = useMutation(
    api.payments.refundPayment.mutationOptions({
      ...keyed,
      retry: retryMutation,
      // Either way, the payment may have changed.
      onSettled: () => queryClient.invalidateQueries(api.payments.getPayment.queryFilter({ orderId })),
    }),
  );
  function open(next: boolean): void {
    setOpen(next);
    if (!next || refund.isPending) return;
    renewKey();
    refund.reset();
  }
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={open}>
      <AlertDialog.Trigger className={button("line", "medium", "mt-5")}>Refund payment</AlertDialog.Trigger>
      <ConfirmDialog
        title={`Refund ${formatMoney(amount)}?`}
        description={`The customer of order ${shortId(orderId)} gets the whole amount back. This can't be undone.`}
        problem={<Problem failure={refund.error ?? refund.failureReason} isPending={refund.isPending} />}
        action={
          <button
            type="button"
            disabled={refund.isPending}
            onClick={() => refund.mutate({ orderId }, { onSuccess: () => setOpen(false) })}
            className={button("accent")}
          >
            {refund.isPending ? "Refunding…" : "Yes, refund it"}
          </button>
        }
        cancel="Keep payment"
      />
    </AlertDialog.Root>
  );
}

function Problem({ failure, isPending }: { failure: PaymentCallError | null; isPending: boolean }) {
  if (!failure) return null;
  return (
    <Notice tone={isPending && isPassing(failure) ? "wait" : "alarm"} className="mt-5">
      {refundProblem(failure)}
    </Notice>
  );
}
