import type { NoErrorInfo } from "@mesh/contracts";
import { type CallError, isPassing } from "@mesh/contracts/client";
import type { PaymentErrorInfo } from "@mesh/contracts/payments/v1";
import { partOf, sentenceOf } from "../mesh/failure.ts";

/** The error of a call that declares PaymentError. */
export type PaymentCallError = CallError<PaymentErrorInfo | NoErrorInfo>;

/** Says why a payment was not refunded. A reason that is added to the contract needs a case here. */
export function refundProblem(error: PaymentCallError): string {
  const { data } = error;
  switch (data?.reason) {
    case "PAYMENT_NOT_FOUND":
      return "This order has no payment.";
    case "NOT_REFUNDABLE":
      return "This payment can't be refunded: it was never authorized.";
    case "":
    case undefined:
      return undeclaredProblem(error);
    default:
      // A page that is older than the gateway may receive a newer reason.
      data satisfies never;
      return undeclaredProblem(error);
  }
}

function undeclaredProblem(error: PaymentCallError): string {
  const status = error.data?.httpStatus;
  if (status === 401) return "Your session has ended. Sign in again to refund the payment.";
  if (status === 403) return "You may not refund payments any more.";
  if (status === 409) return "The refund is running already. Please wait a moment.";
  if (isPassing(error) && status !== 429) {
    return `${partOf(error)} is unavailable. You can safely try again: the payment is refunded only once.`;
  }
  return sentenceOf(error);
}
