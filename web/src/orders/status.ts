import { CancelReason, type Order, OrderStatus } from "@mesh/contracts/orders/v1";

/** How the page speaks of where an order stands. */
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
    title: "Waiting for the payment",
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

const unknown: StatusWords = { name: "Unknown", title: "Something new", look: "bg-rule" };

/** The words for a status; one that this page is too old for has words too. */
export function statusWords(status: OrderStatus): StatusWords {
  return words[status] ?? unknown;
}

const reasons: Readonly<Record<number, string>> = {
  [CancelReason.CANCEL_REASON_CUSTOMER]: "You asked for it.",
  [CancelReason.CANCEL_REASON_PAYMENT_DECLINED]: "The payment was declined.",
  [CancelReason.CANCEL_REASON_PAYMENT_TIMEOUT]: "The payment was not answered in time.",
};

/** Why an order was called off; undefined: it was not, or nobody said. */
export function reasonText(reason: CancelReason): string | undefined {
  return reasons[reason];
}

/** Of two pictures of one order the later one: an order leaves the pending state once and never comes back to it. */
export function laterOf(one: Order | undefined, other: Order | undefined): Order | undefined {
  if (!one || !other) return one ?? other;
  return one.status === OrderStatus.ORDER_STATUS_PENDING ? other : one;
}
