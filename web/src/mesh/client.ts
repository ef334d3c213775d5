import { isLongQuery } from "@mesh/contracts/long-query";
import { resumeLink } from "@mesh/contracts/resume-link";
import { transformer } from "@mesh/contracts/transformer";
import type { AppRouter } from "@mesh/gateway";
import { QueryClient } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { fetchInTime } from "./fetch-in-time.ts";
import { hasKey, keyHeader } from "./idempotency-key.ts";
import { renewal } from "./renewal.ts";
import { refetchIntervalMs, retryDelayMs, retryQuery } from "./retry.ts";

const url = "/trpc";

// The gateway takes batches of 10 and header lines of 16 KiB, the path among them.
const batches = httpBatchLink({ url, transformer, maxItems: 10, maxURLLength: 12_000, fetch: fetchInTime });
const keyed = httpLink({ url, transformer, headers: ({ op }) => keyHeader(op.context), fetch: fetchInTime });
const longQueries = httpLink({ url, transformer, methodOverride: "POST", fetch: fetchInTime });

const client = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ type }) => type === "subscription",
      true: [resumeLink({ renew: () => renewal.wait() }), httpSubscriptionLink({ url, transformer })],
      false: splitLink({
        condition: ({ context }) => hasKey(context),
        true: keyed,
        false: splitLink({ condition: isLongQuery, true: longQueries, false: batches }),
      }),
    }),
  ],
});

/** The cache of the page's queries. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: retryQuery,
      retryDelay: retryDelayMs,
      refetchInterval: refetchIntervalMs,
      staleTime: 30_000,
      // The mesh may run on this very machine: what the browser thinks of the network says nothing.
      networkMode: "always",
    },
    mutations: { retryDelay: retryDelayMs, networkMode: "always" },
  },
});

/** Every procedure of the gateway, as options for TanStack Query's hooks. */
export const api = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
