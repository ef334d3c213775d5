import { CancelReason, type Order, OrderStatus } from "@mesh/contracts/orders/v1";

/** The texts and colours for a status. */
export interface StatusWords {
  /** One word. */
  readonly name: string;
  /** A heading. */
  readonly title: string;
  /** The colours of a badge or a banner. */
  readonly look: string;
}

const words: Readonly<Record<number, StatusWords>> = {
  [OrderStatus.ORDER_STATUS_PENDING]: {
    name: "Pending",
    title: "Waiting for payment",
    look: "bg-lilac text-on-lilac",
  },
  [OrderStatus.ORDER_STATUS_CONFIRMED]: {
    name: "Confirmed",
    title: "Confirmed",
    look: "bg-[#9fdcb4] text-[#06281b]",
  },
  [OrderStatus.ORDER_STATUS_CANCELLED]: {
    name: "Cancelled",
    title: "Cancelled",
    look: "bg-[#ffb29f] text-[#3b0f05]",
  },
};

const refunded: StatusWords = { name: "Refunded", title: "Refunded", look: "bg-lilac text-on-lilac" };

const unknown: StatusWords = { name: "Unknown", title: "Unknown status", look: "bg-rule" };

/** Returns the texts for the status of an order, also for one that is newer than this page. */
export function statusWords(order: Order): StatusWords {
  return isReturned(order) ? refunded : (words[order.status] ?? unknown);
}

/** Returns true if an order was confirmed, and its payment refunded. */
export function isReturned({ status, refundedAt }: Order): boolean {
  return status === OrderStatus.ORDER_STATUS_CONFIRMED && refundedAt !== undefined;
}

/** Who looks at an order: the customer who placed it, or staff. */
export type Reader = "customer" | "staff";

const reasons: Readonly<Record<number, Readonly<Record<Reader, string>>>> = {
  [CancelReason.CANCEL_REASON_CUSTOMER]: {
    customer: "You cancelled this order.",
    staff: "The customer cancelled this order.",
  },
  [CancelReason.CANCEL_REASON_PAYMENT_DECLINED]: {
    customer: "Your payment was declined.",
    staff: "The payment was declined.",
  },
  [CancelReason.CANCEL_REASON_PAYMENT_TIMEOUT]: {
    customer: "Your payment was not confirmed in time.",
    staff: "The payment was not confirmed in time.",
  },
};

/** Returns the reason for a cancellation, or undefined if there is none. */
export function reasonText(reason: CancelReason, reader: Reader): string | undefined {
  return reasons[reason]?.[reader];
}

/**
 * Returns the later of two states of an order. An order leaves the pending state once and never returns to it, and is refunded
 * once.
 */
export function laterOf(one: Order | undefined, other: Order | undefined): Order | undefined {
  if (!one || !other) return one ?? other;
  return one.status === OrderStatus.ORDER_STATUS_PENDING || other.refundedAt ? other : one;
}
