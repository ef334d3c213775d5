import { clsx } from "clsx";
import { isMissing } from "../mesh/failure.ts";
import { FailureNotice } from "../mesh/failure-notice.tsx";
import type { Liveness } from "../mesh/use-live.ts";
import { formatCount } from "../numbers.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import type { Stock } from "./use-stock.ts";

/** The stock of a product, updated live. */
export function StockLine({ stock: { level, liveness, error } }: { stock: Stock }) {
  if (level) {
    const { available } = level;
    return (
      <p role="status" className="flex flex-wrap items-center gap-x-2.5 font-semibold">
        <span className={available > 0n ? "text-leaf" : "text-alarm"}>{stockText(available)}</span>
        <LiveMark liveness={liveness} />
      </p>
    );
  }
  if (error && isMissing(error)) return <p className="font-semibold text-alarm">Not in stock</p>;
  if (error) return <FailureNotice error={error} />;
  return <Skeleton className="my-1 h-4 w-32" />;
}

function stockText(available: bigint): string {
  if (available <= 0n) return "Sold out";
  return available <= 5n ? `Only ${available} left` : `${formatCount(available)} in stock`;
}

/** Shows whether the value before it is live. */
export function LiveMark({ liveness }: { liveness: Liveness }) {
  if (liveness === "off") return null;
  const isLive = liveness === "live";
  return (
    <span className="label flex items-center gap-1.5 text-soft">
      <span
        aria-hidden="true"
        className={clsx("size-2 rounded-full", isLive ? "animate-breathe bg-leaf" : "border-[1.5px] border-current")}
      />
      {isLive ? "live" : liveness === "connecting" ? "connecting…" : "reconnecting…"}
    </span>
  );
}
