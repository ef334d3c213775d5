import { isLongQuery } from "@mesh/contracts/long-query";
import { resumeLink } from "@mesh/contracts/resume-link";
import { transformer } from "@mesh/contracts/transformer";
import type { AppRouter } from "@mesh/gateway";
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  retryLink,
  splitLink,
  type TRPCClient,
  TRPCClientError,
} from "@trpc/client";

/** A typed client for all procedures of the gateway: `client.orders.getOrder.query({ id })`. */
export type Client = TRPCClient<AppRouter>;

/** The options of a client. */
export interface ClientOptions {
  /** The URL of the procedures: `https://shop.example/trpc`. Default: `/trpc` on the origin of the page. */
  readonly url?: string;
  /** Returns the headers of a query or mutation. Called for each request. Subscriptions of browsers have no headers. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Use `include` to send cookies to another origin. The gateway must allow it in CORS_ORIGINS. Default: `same-origin`. */
  readonly credentials?: RequestCredentials;
  /** The function that sends queries and mutations. Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** The class that receives subscriptions. Default: the global one. Node has none: use the npm package `eventsource`. */
  readonly EventSource?: EventSourceClass;
  /** Options for each `EventSource`, such as a `fetch` that adds headers. */
  readonly eventSourceOptions?: Readonly<Record<string, unknown>>;
}

/** The common part of the EventSource in browsers and in npm packages. */
type EventSourceClass = NonNullable<Parameters<typeof httpSubscriptionLink>[0]["EventSource"]>;

/** Limits of the gateway: 10 calls in a batch, and 16 KiB of request line and headers. */
const batch = { maxItems: 10, maxURLLength: 12_000 };

/**
 * Creates a client. Calls in the same turn of the event loop are sent as one batch, and a query with a long input alone, by
 * POST. A subscription that is lost is opened again, after its last message if the contract has `resume`.
 *
 * @example
 * ```ts no-run
 * import { createClient } from "@mesh/client";
 *
 * const client = createClient({ url: "https://shop.example/trpc" });
 * await client.orders.getOrder.query({ id: "6fa459ea-ee8a-4ca4-894e-db77e160355e" });
 * ```
 */
export function createClient(options: ClientOptions = {}): Client {
  const { url = "/trpc", headers, EventSource, eventSourceOptions } = options;
  const withCredentials = options.credentials === "include";
  const calls = {
    url,
    transformer,
    ...(headers ? { headers: async () => ({ ...(await headers()) }) } : {}),
    fetch: fetchWith(options),
  };
  return createTRPCClient<AppRouter>({
    links: [
      // A browser without a session gets a cookie and an error. Nothing was changed, so the call can be repeated.
      retryLink({
        retry: ({ op, error, attempts }) => op.type === "mutation" && attempts === 1 && isFirstContact(error),
      }),
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: [
          resumeLink(),
          httpSubscriptionLink({
            url,
            transformer,
            ...(EventSource ? { EventSource } : {}),
            eventSourceOptions: { withCredentials, ...eventSourceOptions },
          }),
        ],
        false: splitLink({
          condition: isLongQuery,
          true: httpLink({ ...calls, methodOverride: "POST" }),
          false: httpBatchLink({ ...calls, ...batch }),
        }),
      }),
    ],
  });
}

function isFirstContact(error: unknown): boolean {
  return error instanceof TRPCClientError && error.data?.httpStatus === 401 && error.data.retryAfterMs === 0;
}

/** Adds the credentials to `fetch`. The parameters accept what tRPC passes, whose types are wider than those of `fetch`. */
function fetchWith({ fetch: send = globalThis.fetch, credentials = "same-origin" }: ClientOptions) {
  return (input: RequestInfo | URL | string, init?: object) => send(input, { ...init, credentials });
}
