import { formatMoney } from "../money.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { type CartLine, totalOf } from "./lines.ts";

/** The total of the cart. */
export function CartTotal({ lines }: { lines: readonly CartLine[] }) {
  const total = totalOf(lines);
  const isPriced = lines.every(({ product }) => product !== undefined);
  return (
    <p className="flex items-baseline justify-between gap-4 font-semibold text-xl">
      <span>Total</span>
      {total && <span className="text-3xl tabular-nums tracking-tight">{formatMoney(total)}</span>}
      {!total &&
        (isPriced ? (
          <span className="label text-alarm">in different currencies</span>
        ) : (
          <Skeleton className="h-6 w-24" />
        ))}
    </p>
  );
}
