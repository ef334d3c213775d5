import type { Category } from "@mesh/contracts/catalog/v1";
import { clsx } from "clsx";
import { memo, useId } from "react";
import { backdrop } from "./backdrop.tsx";
import { drawingsOf } from "./drawings.ts";
import { inksOf } from "./inks.ts";
import { randomOf } from "./random.ts";

interface CoverProps {
  /** The product's id: the same product is always drawn the same. */
  readonly id: string;
  /** What it is called: a lamp is drawn as a lamp. */
  readonly name: string;
  /** Undefined: not known yet. */
  readonly category: Category | undefined;
  readonly className?: string | undefined;
}

/** A product's picture. It says nothing that its name does not, so screen readers skip it. */
export const Cover = memo(function Cover({ id, name, category, className }: CoverProps) {
  const prefix = useId();
  const random = randomOf(id);
  const inks = inksOf(category, random);
  const press = { random, inks, id: (name: string) => `${prefix}-${name}` };
  const ground = backdrop(press);
  const thing = random.pick(drawingsOf(name, category))(press);
  const mirror = random.chance(0.5) ? "matrix(-1 0 0 1 400 0)" : undefined;
  return (
    <svg
      viewBox="0 0 400 500"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      className={clsx("isolate block bg-rule", className)}
    >
      <g transform={mirror}>
        {ground}
        {thing}
      </g>
    </svg>
  );
});
