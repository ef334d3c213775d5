import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { button } from "../ui/button.ts";
import { StaffPanel } from "../ui/staff-panel.tsx";
import { TextField } from "../ui/text-field.tsx";
import { readOrderId } from "./read-order-id.ts";

/** Opens the order of any customer, for staff. */
export function FindOrder() {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  function submit(event: FormEvent): void {
    event.preventDefault();
    const id = readOrderId(text);
    if (id === undefined) setProblem("must contain the whole id of an order");
    else void navigate({ to: "/orders/$id", params: { id } });
  }
  return (
    <div className="mb-10">
      <StaffPanel title="Find an order">
        <form onSubmit={submit} noValidate className="mt-4 flex flex-wrap items-start gap-3">
          <div className="min-w-60 grow basis-60">
            <TextField
              label="Order id or link"
              autoComplete="off"
              spellCheck={false}
              value={text}
              problem={problem}
              onValueChange={(next) => {
                setText(next);
                setProblem(undefined);
              }}
            />
          </div>
          <button type="submit" className={button("solid", "medium", "min-h-12 max-sm:w-full sm:mt-6")}>
            Open order
          </button>
        </form>
      </StaffPanel>
    </div>
  );
}
