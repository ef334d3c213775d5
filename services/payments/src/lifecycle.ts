import type { OrderPlaced } from "@mesh/contracts/orders/v1";
import {
  PaymentAuthorized,
  PaymentError,
  PaymentFailed,
  PaymentRefunded,
  PaymentStatus,
} from "@mesh/contracts/payments/v1";
import { answerDelayMs, answerOf, type ProviderAnswer } from "./provider.ts";
import { insertPayment, lockDue, lockPayment, type PaymentRow, paymentOf, settle, type Tx } from "./store.ts";

/** Starts the payment of an order at the provider. */
export async function startPayment(tx: Tx, { orderId, total, paymentToken }: OrderPlaced): Promise<void> {
  const delayMs = answerDelayMs(paymentToken);
  const payment = { orderId, amount: total, paymentToken };
  if (delayMs > 0) {
    const status = PaymentStatus.PAYMENT_STATUS_PENDING;
    await insertPayment(tx, { ...payment, status, answerDueAt: new Date(Date.now() + delayMs) });
    return;
  }
  const answer = answerOf(paymentToken);
  const inserted = await insertPayment(tx, { ...payment, status: statusOf(answer), answerDueAt: null });
  if (inserted) await publishAnswer(tx, inserted, answer);
}

/** Fetches the provider's responses that are due. */
export async function takeDueAnswers(tx: Tx): Promise<void> {
  for (const payment of await lockDue(tx, new Date(), 100)) await takeAnswer(tx, payment);
}

async function takeAnswer(tx: Tx, payment: PaymentRow): Promise<void> {
  const answer = answerOf(payment.paymentToken);
  await settle(tx, payment.id, statusOf(answer));
  await publishAnswer(tx, payment, answer);
}

function statusOf({ authorized }: ProviderAnswer): PaymentStatus {
  return authorized ? PaymentStatus.PAYMENT_STATUS_AUTHORIZED : PaymentStatus.PAYMENT_STATUS_FAILED;
}

async function publishAnswer(tx: Tx, payment: PaymentRow, answer: ProviderAnswer): Promise<void> {
  const { id: paymentId, orderId, amount } = paymentOf(payment);
  if (answer.authorized) await tx.publish(PaymentAuthorized, { paymentId, orderId, amount });
  else await tx.publish(PaymentFailed, { paymentId, orderId, failure: answer.failure });
}

/**
 * Undoes the payment of a cancelled order: voids it if the provider has not responded yet, and refunds it if it was
 * authorized. Events of different types can overtake each other, so the order may still be unknown. Then a voided
 * payment is stored, so that none starts later.
 */
export async function undoPayment(tx: Tx, orderId: string): Promise<void> {
  const status = PaymentStatus.PAYMENT_STATUS_VOIDED;
  const nothing = { currency: "XXX", minorUnits: 0n };
  await insertPayment(tx, { orderId, amount: nothing, paymentToken: "", status, answerDueAt: null });
  const payment = await lockPayment(tx, orderId);
  if (payment?.status === PaymentStatus.PAYMENT_STATUS_PENDING) return settle(tx, payment.id, status);
  if (payment?.status === PaymentStatus.PAYMENT_STATUS_AUTHORIZED) await refund(tx, payment);
}

/** Refunds the payment of an order. @throws PaymentError.paymentNotFound, PaymentError.notRefundable */
export async function refundPayment(tx: Tx, orderId: string): Promise<void> {
  const payment = await lockPayment(tx, orderId);
  if (!payment) throw PaymentError.paymentNotFound({ orderId });
  if (payment.status === PaymentStatus.PAYMENT_STATUS_REFUNDED) return;
  if (payment.status !== PaymentStatus.PAYMENT_STATUS_AUTHORIZED) throw PaymentError.notRefundable({ orderId });
  await refund(tx, payment);
}

async function refund(tx: Tx, payment: PaymentRow): Promise<void> {
  const { id: paymentId, orderId, amount } = paymentOf(payment);
  await settle(tx, paymentId, PaymentStatus.PAYMENT_STATUS_REFUNDED);
  await tx.publish(PaymentRefunded, { paymentId, orderId, amount });
}
