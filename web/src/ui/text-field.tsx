import { Field } from "@base-ui/react/field";
import type { ComponentProps } from "react";

interface TextFieldProps extends ComponentProps<typeof Field.Control> {
  readonly label: string;
  /** The error, to follow the label: "must not be empty". */
  readonly problem: string | undefined;
  /** More than one line. */
  readonly lines?: number;
}

/** A labelled text field with its message. */
export function TextField({ label, problem, lines, ...control }: TextFieldProps) {
  return (
    <Field.Root invalid={problem !== undefined} className="grid gap-1.5">
      <Field.Label className="label font-semibold">{label}</Field.Label>
      <Field.Control
        {...control}
        {...(lines ? { render: <textarea rows={lines} /> } : {})}
        className="w-full rounded-2xl border-[1.5px] border-ink bg-sheet px-4 py-3 text-base data-invalid:border-alarm data-invalid:border-2"
      />
      <Field.Error match={problem !== undefined} className="label text-alarm">
        {label} {problem}.
      </Field.Error>
    </Field.Root>
  );
}
