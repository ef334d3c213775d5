import type { Product } from "@mesh/contracts/catalog/v1";
import { isPassing } from "@mesh/contracts/client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../mesh/client.ts";
import { sentenceOf } from "../mesh/failure.ts";
import { useIdempotencyKey } from "../mesh/idempotency-key.ts";
import { retryMutation } from "../mesh/retry.ts";
import { formatCount, plural } from "../numbers.ts";
import { button } from "../ui/button.ts";
import { Notice } from "../ui/notice.tsx";
import { Figure, StaffPanel } from "../ui/staff-panel.tsx";
import { TextField } from "../ui/text-field.tsx";
import { toasts } from "../ui/toasts.tsx";
import { readCount } from "./read-count.ts";
import type { Stock } from "./use-stock.ts";

/** The exact stock of a product, which staff can set. */
export function StaffStock({ product, stock: { level } }: { product: Product; stock: Stock }) {
  return (
    <StaffPanel title="Stock">
      <dl className="mt-4 flex flex-wrap gap-x-10 gap-y-3">
        <Figure name="Available">{level ? formatCount(level.available) : "–"}</Figure>
        <Figure name="Reserved for open orders">{level ? formatCount(level.reserved) : "–"}</Figure>
      </dl>
      <SetStock product={product} />
    </StaffPanel>
  );
}

function SetStock({ product }: { product: Product }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const { isPending, failure, set, renewKey } = useSetStock(product);
  function submit(event: FormEvent): void {
    event.preventDefault();
    const available = readCount(text);
    if (typeof available === "string") setProblem(available);
    else set(available, () => setText(""));
  }
  return (
    <form onSubmit={submit} noValidate className="mt-5 grid gap-3">
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-40 grow basis-40">
          <TextField
            label="New available stock"
            inputMode="numeric"
            autoComplete="off"
            value={text}
            problem={problem}
            onValueChange={(next) => {
              setText(next);
              setProblem(undefined);
              renewKey();
            }}
          />
        </div>
        <button type="submit" disabled={isPending} className={button("line", "medium", "mt-6 min-h-12")}>
          {isPending ? "Setting…" : "Set stock"}
        </button>
      </div>
      {failure && <Notice tone={isPending && isPassing(failure) ? "wait" : "alarm"}>{sentenceOf(failure)}</Notice>}
    </form>
  );
}

function useSetStock({ id, name }: Product) {
  const queryClient = useQueryClient();
  const [keyed, renewKey] = useIdempotencyKey();
  const { isPending, error, failureReason, mutate } = useMutation(
    api.inventory.setStock.mutationOptions({
      ...keyed,
      retry: retryMutation,
      onSettled: () => queryClient.invalidateQueries(api.inventory.pathFilter()),
    }),
  );
  function set(available: bigint, onSuccess: () => void): void {
    const request = { counts: [{ productId: id, available }] };
    mutate(request, {
      onSuccess: () => {
        renewKey();
        onSuccess();
        toasts.add({ title: "Stock set", description: `${plural(available, "item")} of ${name}` });
      },
    });
  }
  return { isPending, failure: error ?? failureReason, set, renewKey };
}
