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

/** Says beside the button why there is no order yet. */
export function OrderProblem({ order, refusal }: OrderProblemProps) {
  if (order.isPending && order.failureReason) return <Notice tone="wait">{sentenceOf(order.failureReason)}</Notice>;
  if (!order.error || !refusal) return null;
  if (isConflict(order.error)) return <Conflict sentence={refusal.sentence} reset={order.reset} />;
  const sentence =
    refusal.sentence ?? (refusal.items.size > 0 ? "Not everything can be had: see the things marked." : undefined);
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
          Look at your orders
        </Link>
        <button type="button" onClick={startOver} className={button("line")}>
          Place this as another order
        </button>
      </div>
    </div>
  );
}
