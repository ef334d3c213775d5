import type { CallError } from "@mesh/contracts/client";
import type { StockLevel } from "@mesh/contracts/inventory/v1";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../mesh/client.ts";
import { type Liveness, useLive } from "../mesh/use-live.ts";

/** The stock of a product. */
export interface Stock {
  /** Undefined if it is not known. */
  readonly level: StockLevel | undefined;
  readonly liveness: Liveness;
  /** The reason why it is not known, or not live. */
  readonly error: CallError | null;
}

/** Follows the stock of a product: a query loads it, and a subscription keeps it up to date. */
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
    level: query.data?.stock,
    liveness: live.liveness,
    error: query.error ?? query.failureReason ?? live.error,
  };
}
