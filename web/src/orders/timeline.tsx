import { clsx } from "clsx";
import { Check, LoaderCircle, type LucideIcon, ReceiptText, Undo2, X } from "lucide-react";
import { formatClock } from "../dates.ts";
import type { Stop } from "./steps.ts";

const marks: Readonly<Record<Stop["kind"], { icon: LucideIcon; look: string }>> = {
  placed: { icon: ReceiptText, look: "bg-ink text-paper" },
  awaiting: { icon: LoaderCircle, look: "bg-lilac text-on-lilac [&>svg]:animate-spin" },
  confirmed: { icon: Check, look: "bg-[#9fdcb4] text-[#06281b]" },
  cancelled: { icon: X, look: "bg-[#ffb29f] text-[#3b0f05]" },
  refunded: { icon: Undo2, look: "bg-ink text-paper" },
};

/** The way of an order, stop by stop. */
export function Timeline({ stops }: { stops: readonly Stop[] }) {
  return (
    <ol aria-label="Progress" className="grid">
      {stops.map((stop) => (
        <TimelineStop key={stop.key} stop={stop} />
      ))}
    </ol>
  );
}

function TimelineStop({ stop: { kind, title, text, at, elapsed } }: { stop: Stop }) {
  const { icon: Icon, look } = marks[kind];
  return (
    <li className="group relative grid animate-appear grid-cols-[3rem_1fr] gap-4 pb-8 last:pb-0">
      <span aria-hidden="true" className="absolute top-12 bottom-0 left-6 w-[1.5px] bg-ink group-last:hidden" />
      <span className={clsx("grid size-12 place-items-center rounded-full", look)}>
        <Icon aria-hidden="true" className="size-5" />
      </span>
      <div className="pt-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <h3 className="font-bold text-xl tracking-tight">{title}</h3>
          {at && (
            <p className="label text-soft tabular-nums">
              <time dateTime={at.toISOString()}>{formatClock(at)}</time>
              {elapsed && ` · after ${elapsed}`}
            </p>
          )}
        </div>
        <p className="mt-0.5 text-soft">{text}</p>
      </div>
    </li>
  );
}
