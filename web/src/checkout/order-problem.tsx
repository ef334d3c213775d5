import { Link } from "@tanstack/react-router";
import { storage } from "../browser-storage.ts";
import { sentenceOf } from "../mesh/failure.ts";
import { button } from "../ui/button.ts";
import { Notice } from "../ui/notice.tsx";
import { endAttempt } from "./attempt.ts";
import { isConflict, type OrderCallError, type Refusal } from "./refusal.ts";

interface OrderProblemProps {
  readonly order: {
    readonly isPending: boolean;
    readonly failureReason: OrderCallError | null;
    readonly error: OrderCallError | null;
    reset(): void;
  };
  readonly refusal: Refusal | undefined;
}

/** Shows beside the button why the order is not placed yet. */
export function OrderProblem({ order, refusal }: OrderProblemProps) {
  if (order.isPending && order.failureReason) return <Notice tone="wait">{sentenceOf(order.failureReason)}</Notice>;
  if (!order.error || !refusal) return null;
  if (isConflict(order.error)) return <Conflict sentence={refusal.sentence} reset={order.reset} />;
  const sentence =
    refusal.sentence ??
    (refusal.items.size > 0 ? "Some items are not available. They are marked in your order." : undefined);
  return sentence ? <Notice tone="alarm">{sentence}</Notice> : null;
}

function Conflict({ sentence, reset }: { sentence: string | undefined; reset: () => void }) {
  function startOver() {
    endAttempt(storage);
    reset();
  }
  return (
    <div className="grid gap-3">
      <Notice tone="alarm">{sentence}</Notice>
      <div className="flex flex-wrap gap-3">
        <Link to="/orders" className={button("solid")}>
          View your orders
        </Link>
        <button type="button" onClick={startOver} className={button("line")}>
          Place this as a new order
        </button>
      </div>
    </div>
  );
}
