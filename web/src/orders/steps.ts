import { OrderStatus, type OrderStep } from "@mesh/contracts/orders/v1";
import { formatElapsed } from "../dates.ts";
import { formatMoney } from "../money.ts";
import { reasonText } from "./status.ts";

type Case = OrderStep["event"]["$case"];

/** A step of an order, as shown to customers. */
export interface Stop {
  readonly key: string;
  readonly kind: Case | "awaiting";
  readonly title: string;
  readonly text: string;
  /** The time of the step. Undefined if it is still to come. */
  readonly at: Date | undefined;
  /** The time since the order was placed. */
  readonly elapsed: string | undefined;
}

const titles: Readonly<Record<Case, string>> = {
  placed: "Placed",
  confirmed: "Confirmed",
  cancelled: "Cancelled",
  refunded: "Refunded",
};

/** Adds a step, unless it is known: a reopened stream repeats old steps. */
export function withStep(steps: readonly OrderStep[], step: OrderStep): readonly OrderStep[] {
  if (steps.some(({ number }) => number === step.number)) return steps;
  return [...steps, step].sort((one, other) => one.number - other.number);
}

/** Returns true if no step can follow, so that the page can stop watching. */
export function isComplete(steps: readonly OrderStep[]): boolean {
  const last = steps.at(-1)?.event.$case;
  return last === "confirmed" || last === "refunded";
}

/** Returns the steps of an order, and the one that it waits for. */
export function stopsOf(steps: readonly OrderStep[], status: OrderStatus): Stop[] {
  const placedAt = steps[0]?.at;
  const stops = steps.map((step) => stopOf(step, placedAt));
  return status === OrderStatus.ORDER_STATUS_PENDING ? [...stops, awaiting] : stops;
}

const awaiting: Stop = {
  key: "awaiting",
  kind: "awaiting",
  title: "Payment",
  text: "We are waiting for the payment provider.",
  at: undefined,
  elapsed: undefined,
};

function stopOf({ number, at, event }: OrderStep, placedAt: Date | undefined): Stop {
  const elapsed = placedAt && number > 1 ? formatElapsed(placedAt, at) : undefined;
  return { key: String(number), kind: event.$case, title: titles[event.$case], text: textOf(event), at, elapsed };
}

function textOf(event: OrderStep["event"]): string {
  switch (event.$case) {
    case "placed":
      return `${formatMoney(event.value.total)} to pay. We have reserved your items.`;
    case "confirmed":
      return "Your payment was authorized.";
    case "cancelled":
      return `${reasonText(event.value.reason) ?? "The order was cancelled."} Your items were released.`;
    case "refunded":
      return "Your payment was refunded.";
    default:
      return event satisfies never;
  }
}
