import { AlertDialog } from "@base-ui/react/alert-dialog";
import { isPassing } from "@mesh/contracts/client";
import type { Order } from "@mesh/contracts/orders/v1";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { OrderCallError } from "../checkout/refusal.ts";
import { api } from "../mesh/client.ts";
import { sentenceOf } from "../mesh/failure.ts";
import { retryMutation } from "../mesh/retry.ts";
import { button } from "../ui/button.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Notice } from "../ui/notice.tsx";

/** Cancels a pending order after a confirmation. Disappears when the order is no longer pending. */
export function CancelOrder({ order: { id } }: { order: Order }) {
  const [isOpen, setOpen] = useState(false);
  const queryClient = useQueryClient();
  const cancel = useMutation(
    api.orders.cancelOrder.mutationOptions({
      retry: retryMutation,
      // Either way, the order has changed.
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(api.shop.orderWithProducts.queryFilter({ id })),
          queryClient.invalidateQueries(api.orders.listOrders.pathFilter()),
        ]),
    }),
  );
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={setOpen}>
      <AlertDialog.Trigger className={button("line")}>Cancel order</AlertDialog.Trigger>
      <ConfirmDialog
        title="Cancel this order?"
        description="We release your items. If your payment still goes through, we refund it."
        problem={<Problem failure={cancel.error ?? cancel.failureReason} isPending={cancel.isPending} />}
        action={
          <button
            type="button"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate({ id }, { onSuccess: () => setOpen(false) })}
            className={button("accent")}
          >
            {cancel.isPending ? "Cancelling…" : "Yes, cancel it"}
          </button>
        }
        cancel="Keep order"
      />
    </AlertDialog.Root>
  );
}

function Problem({ failure, isPending }: { failure: OrderCallError | null; isPending: boolean }) {
  if (!failure) return null;
  const isTooLate = failure.data?.reason === "NOT_CANCELLABLE";
  return (
    <Notice tone={isPending && isPassing(failure) ? "wait" : "alarm"} className="mt-5">
      {isTooLate ? "It is too late: your payment went through, and the order is confirmed." : sentenceOf(failure)}
    </Notice>
  );
}
