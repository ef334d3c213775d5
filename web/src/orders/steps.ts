import { OrderStatus, type OrderStep } from "@mesh/contracts/orders/v1";
import { formatElapsed } from "../dates.ts";
import { formatMoney } from "../money.ts";
import { type Reader, reasonText } from "./status.ts";

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

/** Returns true if the payment was refunded. No step can follow, so the page can stop watching. */
export function isRefunded(steps: readonly OrderStep[]): boolean {
  return steps.at(-1)?.event.$case === "refunded";
}

/** Returns the steps of an order, and the one that it waits for. */
export function stopsOf(steps: readonly OrderStep[], status: OrderStatus, reader: Reader): Stop[] {
  const placedAt = steps[0]?.at;
  const stops = steps.map((step) => stopOf(step, placedAt, reader));
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

function stopOf({ number, at, event }: OrderStep, placedAt: Date | undefined, reader: Reader): Stop {
  const elapsed = placedAt && number > 1 ? formatElapsed(placedAt, at) : undefined;
  return {
    key: String(number),
    kind: event.$case,
    title: titles[event.$case],
    text: textOf(event, reader),
    at,
    elapsed,
  };
}

function textOf(event: OrderStep["event"], reader: Reader): string {
  const [your, our] = reader === "customer" ? ["Your", "We have reserved your"] : ["The", "Inventory has reserved the"];
  switch (event.$case) {
    case "placed":
      return `${formatMoney(event.value.total)} to pay. ${our} items.`;
    case "confirmed":
      return `${your} payment was authorized.`;
    case "cancelled":
      return `${reasonText(event.value.reason, reader) ?? "The order was cancelled."} ${your} items were released.`;
    case "refunded":
      return `${your} payment was refunded.`;
    default:
      return event satisfies never;
  }
}
