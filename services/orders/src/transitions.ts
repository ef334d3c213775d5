import { CancelReason, OrderCancelled, OrderConfirmed, OrderPlaced, OrderStatus } from "@mesh/contracts/orders/v1";

/** What can happen to an order, and where it comes from. */
export const orderEvents = {
  placed: "`PlaceOrder` has reserved the stock, and stores the order",
  attemptFailed: "an attempt to place the order has ended without storing it",
  paymentAuthorized: "the event `PaymentAuthorized`",
  paymentFailed: "the event `PaymentFailed`",
  paymentRefunded: "the event `PaymentRefunded`",
  customerCancels: "`CancelOrder`",
  paymentOverdue: "the time `payment_due_at` of the order has passed",
} as const;

export type OrderEvent = keyof typeof orderEvents;

/** What an event does in a state. */
export type Transition<S extends string> = Move<S> | { readonly ignored: string } | { readonly rejected: string };

/** Leads to a state, which may be the same, with effects in the same transaction. */
export interface Move<S extends string> {
  readonly to: S;
  /** The step that watchers of the order get. */
  readonly step?: "placed" | "confirmed" | "cancelled" | "refunded";
  readonly publishes?: typeof OrderPlaced | typeof OrderConfirmed | typeof OrderCancelled;
  readonly cancelReason?: CancelReason;
  readonly releasesStock?: true;
  /** What other services do then. */
  readonly elsewhere?: string;
}

/** A state of an order. One without a time limit is final. */
export interface OrderState<S extends string> {
  /** The stored number, whose meaning never changes. Undefined: nothing is stored. */
  readonly status?: OrderStatus;
  /** The event that ends the state, and the column with the time when it is due. */
  readonly limit?: { readonly event: OrderEvent; readonly dueAt: "paymentDueAt" };
  readonly on: Readonly<Record<OrderEvent, Transition<S>>>;
}

/** The states of an order, with what each event does there. */
export type TransitionTable<S extends string = string> = Readonly<Record<S, OrderState<S>>>;

type State = "unplaced" | "pending" | "confirmed" | "cancelled";

const place = {
  to: "pending",
  step: "placed",
  publishes: OrderPlaced,
  elsewhere: "payments starts the payment",
} as const;
const confirm = {
  to: "confirmed",
  step: "confirmed",
  publishes: OrderConfirmed,
  elsewhere: "inventory takes the reserved stock for good",
} as const;
const cancel = (cancelReason: CancelReason) =>
  ({
    to: "cancelled",
    step: "cancelled",
    publishes: OrderCancelled,
    cancelReason,
    elsewhere: "inventory releases the stock, payments voids or refunds the payment",
  }) as const;
const release = { releasesStock: true, elsewhere: "inventory releases the stock" } as const;
const unknown = { rejected: "there is no such order" } as const;
const again = { ignored: "`PlaceOrder` returns the order" } as const;
const settled = { ignored: "the order is settled" } as const;

/** The transitions of an order. Nothing else sets a status. docs/saga.md shows this table. */
export const transitions: TransitionTable<State> = {
  unplaced: {
    on: {
      placed: place,
      attemptFailed: { to: "unplaced", ...release },
      paymentAuthorized: unknown,
      paymentFailed: unknown,
      paymentRefunded: unknown,
      customerCancels: unknown,
      paymentOverdue: unknown,
    },
  },
  pending: {
    status: OrderStatus.ORDER_STATUS_PENDING,
    limit: { event: "paymentOverdue", dueAt: "paymentDueAt" },
    on: {
      placed: again,
      attemptFailed: { ignored: "the stock is the order's" },
      paymentAuthorized: confirm,
      paymentFailed: cancel(CancelReason.CANCEL_REASON_PAYMENT_DECLINED),
      // Events of different types can overtake each other: PaymentAuthorized is still to come.
      paymentRefunded: { to: "pending", step: "refunded" },
      customerCancels: cancel(CancelReason.CANCEL_REASON_CUSTOMER),
      paymentOverdue: cancel(CancelReason.CANCEL_REASON_PAYMENT_TIMEOUT),
    },
  },
  confirmed: {
    status: OrderStatus.ORDER_STATUS_CONFIRMED,
    on: {
      placed: again,
      attemptFailed: { ignored: "the stock is sold" },
      paymentAuthorized: { ignored: "it is paid" },
      paymentFailed: { rejected: "a payment is authorized or fails, never both" },
      paymentRefunded: { to: "confirmed", step: "refunded" },
      customerCancels: { rejected: "it is paid" },
      paymentOverdue: settled,
    },
  },
  cancelled: {
    status: OrderStatus.ORDER_STATUS_CANCELLED,
    on: {
      placed: again,
      // It may have reserved stock after the cancellation.
      attemptFailed: { to: "cancelled", ...release },
      paymentAuthorized: { ignored: "payments refunds it" },
      paymentFailed: settled,
      paymentRefunded: { to: "cancelled", step: "refunded" },
      customerCancels: { ignored: "`CancelOrder` returns the order" },
      paymentOverdue: settled,
    },
  },
};

/** Returns the stored number of a state. */
export function statusOf(table: TransitionTable, name: string): OrderStatus {
  const status = table[name]?.status;
  if (status === undefined) throw new Error(`the state ${name} of orders is not stored`);
  return status;
}

/** The status of a new order. */
export const placedStatus: OrderStatus = statusOf(transitions, place.to);

/** The statuses of orders that are settled. */
export const finalStatuses: readonly OrderStatus[] = Object.values(transitions).flatMap(({ status, limit }) => {
  return status === undefined || limit ? [] : [status];
});
