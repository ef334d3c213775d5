import { randomUUID } from "node:crypto";
import type { PlaceOrderRequestInput, WatchOrderResponse } from "@mesh/contracts/orders/v1";
import { transformer } from "@mesh/contracts/transformer";
import type { AppRouter } from "@mesh/gateway";
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { EventSource } from "eventsource";

/** Somebody with a browser's cookie and the real client of the gateway. */
export type Shopper = ReturnType<typeof createShopper>;

/** A new customer. */
export function createShopper(gatewayUrl: string) {
  const { fetch: fetchWithCookie, cookie } = cookieJar();
  const url = `${gatewayUrl}/trpc`;
  const client = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: httpSubscriptionLink({
          url,
          transformer,
          EventSource,
          eventSourceOptions: { fetch: (input, init) => fetchWithCookie(input as URL, init as RequestInit) },
        }),
        false: httpBatchLink({
          url,
          transformer,
          maxItems: 10,
          fetch: (input, init) => fetchWithCookie(input as URL, init as RequestInit),
        }),
      }),
    ],
  });
  return Object.assign(client, { cookie });
}

/** A `fetch` that keeps the cookie it is given. */
export function cookieJar() {
  let cookie = "";
  // A first call that would change something is refused, and to be made again with the cookie it was given.
  const fetchWithCookie: typeof fetch = async (url, init = {}) => {
    const headers = new Headers(init.headers);
    if (cookie) headers.set("cookie", cookie);
    const response = await fetch(url, { ...init, headers });
    const [set] = response.headers.getSetCookie();
    if (!set) return response;
    cookie = set.split(";", 1)[0] ?? "";
    return response.status === 401 ? fetchWithCookie(url, init) : response;
  };
  return { fetch: fetchWithCookie, cookie: () => cookie };
}

/** An order that the contract accepts. */
export function orderOf(
  items: PlaceOrderRequestInput["items"],
  changes: Partial<PlaceOrderRequestInput> = {},
): PlaceOrderRequestInput {
  return {
    idempotencyKey: randomUUID(),
    items,
    paymentToken: "tok_ok",
    email: "ada@example.com",
    name: "Ada Lovelace",
    address: "12 St James's Square, London",
    ...changes,
  };
}

/** Follows an order until `isEnough` says so; the steps that came. */
export function watchOrder(
  shopper: Shopper,
  id: string,
  isEnough: (seen: WatchOrderResponse) => boolean,
): Promise<WatchOrderResponse[]> {
  const seen: WatchOrderResponse[] = [];
  return new Promise((resolve, reject) => {
    const subscription = shopper.orders.watchOrder.subscribe(
      { id },
      {
        onData(data) {
          seen.push(data);
          if (!isEnough(data)) return;
          subscription.unsubscribe();
          resolve(seen);
        },
        onError: reject,
      },
    );
  });
}
