import { clsx } from "clsx";
import { CircleAlert, Info, LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";

interface NoticeProps {
  /** `wait` for a temporary problem, `alarm` if the customer has to act. */
  readonly tone: "wait" | "alarm" | "plain";
  readonly children: ReactNode;
  /** A button that helps. */
  readonly action?: ReactNode;
  readonly className?: string | undefined;
}

const looks = {
  wait: { icon: LoaderCircle, frame: "border-ink bg-lilac text-on-lilac", spin: "animate-spin" },
  alarm: { icon: CircleAlert, frame: "border-alarm text-alarm", spin: "" },
  plain: { icon: Info, frame: "border-rule", spin: "" },
} as const;

/** Shows a problem. An alarm interrupts screen readers, other notices wait their turn. */
export function Notice({ tone, children, action, className }: NoticeProps) {
  const { icon: Icon, frame, spin } = looks[tone];
  return (
    <div
      role={tone === "alarm" ? "alert" : "status"}
      className={clsx("flex items-center gap-3 rounded-2xl border-[1.5px] px-4 py-3", frame, className)}
    >
      <Icon aria-hidden="true" className={clsx("size-5 shrink-0", spin)} />
      <p className="min-w-0 grow text-balance font-medium">{children}</p>
      {action}
    </div>
  );
}
