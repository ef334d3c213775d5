import type { Product } from "@mesh/contracts/catalog/v1";
import type { CallError } from "@mesh/contracts/client";
import type { Order, OrderStep } from "@mesh/contracts/orders/v1";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../mesh/client.ts";
import { isMissing } from "../mesh/failure.ts";
import { type Liveness, useLive } from "../mesh/use-live.ts";
import { useSession } from "../session/session-query.ts";
import { laterOf } from "./status.ts";
import { isRefunded, withStep } from "./steps.ts";

/** An order as it goes on. */
export interface LiveOrder {
  readonly order: Order | undefined;
  readonly steps: readonly OrderStep[];
  /** By id; empty while the catalog is away: the order's lines have names and prices of their own. */
  readonly products: Readonly<Record<string, Product>>;
  readonly liveness: Liveness;
  readonly isMissing: boolean;
  /** Why there is no order to show, or no products to it. */
  readonly error: CallError | null;
  /** Why it is not followed live. */
  readonly liveError: CallError | null;
}

interface Watched {
  readonly order: Order | undefined;
  readonly steps: readonly OrderStep[];
}

/**
 * Follows an order. The query joins it with its products; the subscription brings every step, and the whole order along
 * with it, so that one of the two is enough to show the page.
 */
export function useOrder(id: string): LiveOrder {
  const [watched, setWatched] = useState<Watched>({ order: undefined, steps: [] });
  const query = useQuery(api.shop.orderWithProducts.queryOptions({ id }));
  // While the session is over, the order may be there again for the person who signs in.
  const { ended } = useSession();
  const isGone = !ended && query.error !== null && isMissing(query.error);
  const live = useLive(
    api.orders.watchOrder.subscriptionOptions(
      { id },
      {
        enabled: !isGone && !isRefunded(watched.steps),
        onData: ({ data: { order, step } }) => setWatched((before) => ({ order, steps: withStep(before.steps, step) })),
      },
    ),
  );
  return {
    order: laterOf(watched.order, query.data?.order),
    steps: watched.steps,
    products: query.data?.products ?? {},
    liveness: live.liveness,
    isMissing: isGone,
    error: query.error ?? query.failureReason,
    liveError: live.error,
  };
}
