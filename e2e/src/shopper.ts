import { randomUUID } from "node:crypto";
import type { PlaceOrderRequestInput, WatchOrderResponse } from "@mesh/contracts/orders/v1";
import { transformer } from "@mesh/contracts/transformer";
import type { AppRouter } from "@mesh/gateway";
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, retryLink, splitLink } from "@trpc/client";
import { EventSource } from "eventsource";

/** A customer: the gateway's real client, with the cookie that a browser would keep. */
export type Shopper = ReturnType<typeof createShopper>;

/** Options of a customer. */
interface ShopperOptions {
  readonly onRetry?: (code: string) => void;
  readonly jar?: ReturnType<typeof cookieJar>;
  /** Headers of queries and mutations. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Creates a new customer, whose calls do not depend on how fast the machine is: a call that misses its deadline, or
 * that an overloaded or starting service rejects, is made again. Every call is safe to repeat: an order keeps its idempotency key.
 *
 * @param options.onRetry called with the code of each call that is made again. If it is given, a service that is not available is a
 *   failure immediately, because that is not a matter of speed.
 * @param options.jar keeps the cookie; default: one of its own
 */
export function createShopper(gatewayUrl: string, { onRetry, jar = cookieJar(), headers = {} }: ShopperOptions = {}) {
  const { fetch: fetchWithCookie, cookie } = jar;
  const url = `${gatewayUrl}/trpc`;
  const client = createTRPCClient<AppRouter>({
    links: [
      retryLink({
        retry({ op, error, attempts }) {
          const code = error.data?.code ?? "";
          const isRetried = op.type !== "subscription" && attempts < attemptsFor(code, onRetry !== undefined);
          if (isRetried) onRetry?.(code);
          return isRetried;
        },
        retryDelayMs: (attempts) => attempts * 200,
      }),
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
          headers,
          maxItems: 10,
          fetch: (input, init) => fetchWithCookie(input as URL, init as RequestInit),
        }),
      }),
    ],
  });
  return Object.assign(client, { cookie });
}

/**
 * How often a call is made before its failure counts, by the code that a slow machine causes. 20 rejections take 38 s, and 20
 * timeouts of an order, which has 3 s, a minute more; a service that is down must be reported sooner.
 */
const maxAttempts: ReadonlyMap<string, number> = new Map([
  ["GATEWAY_TIMEOUT", 20],
  ["TOO_MANY_REQUESTS", 20],
  ["SERVICE_UNAVAILABLE", 8],
]);

function attemptsFor(code: string, isStrict: boolean): number {
  return isStrict && code === "SERVICE_UNAVAILABLE" ? 1 : (maxAttempts.get(code) ?? 1);
}

/** Returns a `fetch` that keeps the cookie it receives. */
export function cookieJar() {
  let cookie = "";
  // The gateway rejects a mutation without a cookie, and sets the cookie. The second attempt carries it.
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

/** Returns an order that the contract accepts. */
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

/** Follows an order until `isEnough` is true, and returns the steps so far. */
export function watchOrder(
  shopper: Shopper,
  id: string,
  isEnough: (step: WatchOrderResponse) => boolean,
): Promise<WatchOrderResponse[]> {
  const seen: WatchOrderResponse[] = [];
  return new Promise((resolve, reject) => {
    const subscription = shopper.orders.watchOrder.subscribe(
      { id },
      {
        onData({ data }) {
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
