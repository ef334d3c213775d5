import { httpBatchLink, httpLink, httpSubscriptionLink, splitLink, type TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { isLongQuery } from "../long-query.ts";
import { type ResumeLinkOptions, resumeLink } from "../resume-link.ts";
import { transformer } from "../transformer.ts";
import { type Credentials, fetchResponse } from "./fetch-response.ts";
import { keyHeader, keyLink } from "./key-link.ts";
import { retryLink } from "./retry-link.ts";
import { timeoutLink } from "./timeout-link.ts";

/** The options of the links of a client. */
export interface MeshLinkOptions extends ResumeLinkOptions {
  /** The URL of the procedures: `https://shop.example/trpc`. Default: `/trpc` on the origin of the page. */
  readonly url?: string;
  /**
   * How long an attempt of a query or mutation may take, in milliseconds. One call may set its own by `context.timeoutMs`.
   * Default: 7,000 for a query, and 12,000 for a mutation. Those are longer than the gateway's deadlines.
   */
  readonly timeoutMs?: number;
  /**
   * How often a query or mutation is repeated after an error that may pass: 0 for never. The delays double from 0.5 s to 5 s, or are
   * as long as the server requests. Above 30 s the call fails instead. Default: 3.
   */
  readonly retries?: number;
  /** Returns the headers of a query or mutation. Called for each request. Subscriptions of browsers have no headers. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Use `include` to send cookies to another origin. The gateway must allow it in CORS_ORIGINS. Default: `same-origin`. */
  readonly credentials?: Credentials;
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
 * Returns the links of a tRPC client of the gateway.
 *
 * - Queries in the same turn of the event loop are sent as one batch, and one with a long input alone, by POST.
 * - A mutation has an Idempotency-Key, the same for all its attempts: `context.idempotencyKey`, or the field `idempotencyKey` of the
 *   request, or else a new UUID.
 * - Attempts end after `timeoutMs`, and are repeated up to `retries` times after errors that may pass.
 * - A lost subscription is opened again, after its last message if the contract has `resume`.
 *
 * @example
 * ```ts no-run
 * import { meshLinks } from "@mesh/contracts/client";
 * import type { AppRouter } from "@mesh/gateway";
 * import { createTRPCClient } from "@trpc/client";
 *
 * const client = createTRPCClient<AppRouter>({ links: meshLinks({ url: "https://shop.example/trpc", retries: 5 }) });
 * await client.orders.cancelOrder.mutate({ id: "6fa459ea-ee8a-4ca4-894e-db77e160355e" }, { context: { timeoutMs: 2_000 } });
 * ```
 */
export function meshLinks(options: MeshLinkOptions = {}): TRPCLink<AnyTRPCRouter>[] {
  return [
    splitLink({
      condition: ({ type }) => type === "subscription",
      true: subscriptionLinks(options),
      false: [keyLink(), retryLink(options.retries ?? 3), timeoutLink(options.timeoutMs), requestLink(options)],
    }),
  ];
}

function subscriptionLinks(options: MeshLinkOptions): TRPCLink<AnyTRPCRouter>[] {
  const { url = "/trpc", renew, credentials, EventSource, eventSourceOptions } = options;
  return [
    resumeLink(renew ? { renew } : {}),
    httpSubscriptionLink({
      url,
      transformer,
      ...(EventSource ? { EventSource } : {}),
      eventSourceOptions: { withCredentials: credentials === "include", ...eventSourceOptions },
    }),
  ];
}

function requestLink(options: MeshLinkOptions): TRPCLink<AnyTRPCRouter> {
  const { url = "/trpc", headers = () => ({}), fetch: send = globalThis.fetch, credentials = "same-origin" } = options;
  const common = { url, transformer, fetch: fetchResponse(send, credentials) };
  const calls = { ...common, headers: async () => ({ ...(await headers()) }) };
  return splitLink({
    condition: ({ type }) => type === "mutation",
    true: httpLink({ ...common, headers: async ({ op }) => ({ ...(await headers()), ...keyHeader(op.context) }) }),
    false: splitLink({
      condition: isLongQuery,
      true: httpLink({ ...calls, methodOverride: "POST" }),
      false: httpBatchLink({ ...calls, ...batch }),
    }),
  });
}
