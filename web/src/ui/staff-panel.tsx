import type { ReactNode } from "react";

interface StaffPanelProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** A section that only staff see. */
export function StaffPanel({ title, children }: StaffPanelProps) {
  return (
    <section aria-label={title} className="rounded-3xl border-[1.5px] border-ink border-dashed bg-sheet p-5 sm:p-6">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 className="text-2xl display">{title}</h2>
        <p className="label text-soft">Only staff see this</p>
      </div>
      {children}
    </section>
  );
}

/** A figure with its name, in a list of definitions. */
export function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="label text-soft">{name}</dt>
      <dd className="font-semibold text-2xl tabular-nums tracking-tight">{children}</dd>
    </div>
  );
}
