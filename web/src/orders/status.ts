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

const unknown: StatusWords = { name: "Unknown", title: "Unknown status", look: "bg-rule" };

/** Returns the texts for a status, also for one that is newer than this page. */
export function statusWords(status: OrderStatus): StatusWords {
  return words[status] ?? unknown;
}

const reasons: Readonly<Record<number, string>> = {
  [CancelReason.CANCEL_REASON_CUSTOMER]: "You cancelled this order.",
  [CancelReason.CANCEL_REASON_PAYMENT_DECLINED]: "Your payment was declined.",
  [CancelReason.CANCEL_REASON_PAYMENT_TIMEOUT]: "Your payment was not confirmed in time.",
};

/** Returns the reason for a cancellation, or undefined if there is none. */
export function reasonText(reason: CancelReason): string | undefined {
  return reasons[reason];
}

/** Returns the later of two states of an order. An order leaves the pending state once and never returns to it. */
export function laterOf(one: Order | undefined, other: Order | undefined): Order | undefined {
  if (!one || !other) return one ?? other;
  return one.status === OrderStatus.ORDER_STATUS_PENDING ? other : one;
}
