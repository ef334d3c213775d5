import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../mesh/client.ts";
import type { CallError } from "../mesh/failure.ts";
import { type Liveness, useLive } from "../mesh/use-live.ts";

/** What is left of a product. */
export interface Stock {
  /** Undefined: not known. */
  readonly available: bigint | undefined;
  readonly liveness: Liveness;
  /** Why it is not known, or not live. */
  readonly error: CallError | null;
}

/** Follows the stock of a product: a query answers first, a subscription keeps its answer up to date. */
export function useStock(productId: string): Stock {
  const queryClient = useQueryClient();
  const query = useQuery(api.inventory.getStock.queryOptions({ productId }));
  const live = useLive(
    api.inventory.watchStock.subscriptionOptions(
      { productIds: [productId] },
      { onData: ({ stock }) => queryClient.setQueryData(api.inventory.getStock.queryKey({ productId }), { stock }) },
    ),
  );
  return {
    available: query.data?.stock.available,
    liveness: live.liveness,
    error: query.error ?? query.failureReason ?? live.error,
  };
}
