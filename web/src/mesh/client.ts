import { meshLinks, retryDelayMs } from "@mesh/contracts/client";
import type { AppRouter } from "@mesh/gateway";
import { QueryClient } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { renewal } from "./renewal.ts";
import { refetchIntervalMs, retryQuery } from "./retry.ts";
import { traceHeader } from "./trace-header.ts";

const client = createTRPCClient<AppRouter>({
  // TanStack Query retries, so that the page can show the error meanwhile.
  links: meshLinks({ retries: 0, headers: () => Object.fromEntries([traceHeader()]), renew: () => renewal.wait() }),
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
