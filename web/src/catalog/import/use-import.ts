import type { WatchImportResponse } from "@mesh/contracts/catalog/v1";
import { JobState } from "@mesh/contracts/mesh/v1";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../mesh/client.ts";
import { sentenceOf } from "../../mesh/failure.ts";
import { useIdempotencyKey } from "../../mesh/idempotency-key.ts";
import { retryMutation } from "../../mesh/retry.ts";
import { useLive } from "../../mesh/use-live.ts";
import { readProducts } from "./read-products.ts";

const ended: ReadonlySet<JobState> = new Set([
  JobState.JOB_STATE_COMPLETED,
  JobState.JOB_STATE_FAILED,
  JobState.JOB_STATE_CANCELLED,
]);

/** Starts an import of a file, and follows it. It goes on when the page is left. */
export function useImport() {
  const queryClient = useQueryClient();
  const [keyed, renewKey] = useIdempotencyKey();
  const [id, setId] = useState<string>();
  const [last, setLast] = useState<WatchImportResponse>();
  const [problem, setProblem] = useState<string>();
  const start = useMutation(
    api.catalog.startImport.mutationOptions({
      ...keyed,
      retry: retryMutation,
      onSuccess: (started) => setId(started.id),
    }),
  );
  const cancel = useMutation(api.catalog.cancelImport.mutationOptions());
  const isEnded = last !== undefined && ended.has(last.status.state);
  useLive(
    api.catalog.watchImport.subscriptionOptions(
      { id: id ?? "" },
      {
        enabled: id !== undefined && !isEnded,
        onData: (next) => {
          setLast(next);
          if (ended.has(next.status.state)) void queryClient.invalidateQueries(api.catalog.listProducts.pathFilter());
        },
      },
    ),
  );

  async function send(file: File): Promise<void> {
    const products = readProducts(await file.text());
    const isRead = typeof products !== "string";
    setProblem(isRead ? undefined : products);
    if (!isRead) return;
    setId(undefined);
    setLast(undefined);
    renewKey();
    start.mutate({ products });
  }

  return {
    /** What is known of the import; undefined: nothing yet. */
    last,
    isRunning: start.isPending || (id !== undefined && !isEnded),
    problem: problem ?? (start.error ? sentenceOf(start.error) : undefined),
    send,
    cancel: () => id !== undefined && cancel.mutate({ id }),
  };
}
