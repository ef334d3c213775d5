import { transformer } from "@mesh/contracts/transformer";
import type { AppRouter } from "@mesh/gateway";
import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  retryLink,
  splitLink,
  type TRPCClient,
  TRPCClientError,
} from "@trpc/client";

/** Calls every procedure of the gateway: `client.orders.getOrder.query({ id })`. */
export type Client = TRPCClient<AppRouter>;

/** How the gateway is reached. */
export interface ClientOptions {
  /** Where its procedures are: `https://shop.example/trpc`. Default: `/trpc` of the page's own origin. */
  readonly url?: string;
  /** Headers of every query and mutation, asked for each time. A browser's subscriptions can't have any. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Whether cookies go along to another origin, which the gateway must allow by CORS_ORIGINS. Default: `same-origin`. */
  readonly credentials?: RequestCredentials;
  /** What sends queries and mutations. Default: the global one. */
  readonly fetch?: typeof fetch;
  /** What receives subscriptions. Default: the global one, which Node has not: there, the npm package `eventsource`. */
  readonly EventSource?: EventSourceClass;
  /** What an `EventSource` is made with, such as a `fetch` that adds headers. */
  readonly eventSourceOptions?: Readonly<Record<string, unknown>>;
}

/** As far as it is needed here: the browsers' own and those of npm differ in the rest. */
type EventSourceClass = NonNullable<Parameters<typeof httpSubscriptionLink>[0]["EventSource"]>;

/** What the gateway takes at once: 10 calls, and header lines of 16 KiB, the path among them. */
const batch = { maxItems: 10, maxURLLength: 12_000 };

/** Makes a client; what it sends within a turn of the event loop travels together. */
export function createClient(options: ClientOptions = {}): Client {
  const { url = "/trpc", headers, EventSource, eventSourceOptions } = options;
  const withCredentials = options.credentials === "include";
  return createTRPCClient<AppRouter>({
    links: [
      // Nothing is changed for a browser that is not known yet: it is given a cookie and must call again.
      retryLink({ retry: ({ op, error, attempts }) => op.type === "mutation" && attempts === 1 && isNewcomer(error) }),
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: httpSubscriptionLink({
          url,
          transformer,
          ...(EventSource ? { EventSource } : {}),
          eventSourceOptions: { withCredentials, ...eventSourceOptions },
        }),
        false: httpBatchLink({
          url,
          transformer,
          ...batch,
          ...(headers ? { headers: async () => ({ ...(await headers()) }) } : {}),
          fetch: senderOf(options),
        }),
      }),
    ],
  });
}

function isNewcomer(error: unknown): boolean {
  return error instanceof TRPCClientError && error.data?.httpStatus === 401 && error.data.retryAfterMs === 0;
}

/** tRPC's own types of these parameters say less than `fetch` takes. */
function senderOf({ fetch: send = globalThis.fetch, credentials = "same-origin" }: ClientOptions) {
  return (input: RequestInfo | URL | string, init?: object) => send(input, { ...init, credentials });
}
