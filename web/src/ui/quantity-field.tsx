import { NumberField } from "@base-ui/react/number-field";
import { Minus, Plus } from "lucide-react";
import { maxQuantity } from "../cart/items.ts";

interface QuantityFieldProps {
  /** The product's name, for screen readers. */
  readonly of: string;
  readonly value: number;
  onChange(quantity: number): void;
  readonly disabled?: boolean;
}

const step =
  "grid h-11 w-10 place-items-center rounded-full transition-colors not-disabled:hover:bg-lilac not-disabled:hover:text-on-lilac disabled:opacity-35";

/** A number of items, starting from 1. An empty field keeps the last number. */
export function QuantityField({ of, value, onChange, disabled = false }: QuantityFieldProps) {
  return (
    <NumberField.Root
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      min={1}
      max={maxQuantity}
      disabled={disabled}
    >
      <NumberField.Group className="inline-flex items-center rounded-full border-[1.5px] border-ink bg-sheet">
        <NumberField.Decrement className={step} aria-label={`One ${of} less`}>
          <Minus aria-hidden="true" className="size-4" />
        </NumberField.Decrement>
        <NumberField.Input
          aria-label={`Quantity of ${of}`}
          className="h-11 w-[4ch] bg-transparent text-center font-semibold tabular-nums"
        />
        <NumberField.Increment className={step} aria-label={`One ${of} more`}>
          <Plus aria-hidden="true" className="size-4" />
        </NumberField.Increment>
      </NumberField.Group>
    </NumberField.Root>
  );
}
