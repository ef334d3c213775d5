import { OrderStatus, type OrderStep } from "@mesh/contracts/orders/v1";
import { formatElapsed } from "../dates.ts";
import { formatMoney } from "../money.ts";
import { reasonText } from "./status.ts";

type Case = OrderStep["event"]["$case"];

/** A stop on an order's way, for people. */
export interface Stop {
  readonly key: string;
  readonly kind: Case | "awaiting";
  readonly title: string;
  readonly text: string;
  /** When it was; undefined: it is still to come. */
  readonly at: Date | undefined;
  /** How long after the order was placed. */
  readonly elapsed: string | undefined;
}

const titles: Readonly<Record<Case, string>> = {
  placed: "Placed",
  confirmed: "Confirmed",
  cancelled: "Cancelled",
  refunded: "Refunded",
};

/** Adds a step to those that are known; a stream that was opened again sends the old ones again. */
export function withStep(steps: readonly OrderStep[], step: OrderStep): readonly OrderStep[] {
  if (steps.some(({ number }) => number === step.number)) return steps;
  return [...steps, step].sort((one, other) => one.number - other.number);
}

/** Whether nothing can follow these steps, so that nobody needs to watch. */
export function isComplete(steps: readonly OrderStep[]): boolean {
  const last = steps.at(-1)?.event.$case;
  return last === "confirmed" || last === "refunded";
}

/** The stops of an order: its steps, and the one it waits for. */
export function stopsOf(steps: readonly OrderStep[], status: OrderStatus): Stop[] {
  const placedAt = steps[0]?.at;
  const stops = steps.map((step) => stopOf(step, placedAt));
  return status === OrderStatus.ORDER_STATUS_PENDING ? [...stops, awaiting] : stops;
}

const awaiting: Stop = {
  key: "awaiting",
  kind: "awaiting",
  title: "Payment",
  text: "The provider is asked; its answer shows here.",
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
      return `${formatMoney(event.value.total)} to be paid; the things are kept for you.`;
    case "confirmed":
      return "The payment is authorized.";
    case "cancelled":
      return `${reasonText(event.value.reason) ?? "It was called off."} The things are back on the shelf.`;
    case "refunded":
      return "The money went back.";
    default:
      return event satisfies never;
  }
}
