import { transformer } from "./transformer.ts";

/** The longest input in a URL, which has 8,000 bytes in most servers and proxies with some room for the rest. */
const maxInputLength = 7_000;

/** The parts of a call of tRPC's client that matter here. */
interface Operation {
  readonly type: "query" | "mutation" | "subscription";
  readonly input: unknown;
}

/**
 * Returns true for a query whose input is too long for a URL. The gateway takes it as the body of a POST.
 *
 * @example
 * ```ts no-run
 * import { isLongQuery } from "@mesh/contracts/long-query";
 * import { transformer } from "@mesh/contracts/transformer";
 * import type { AppRouter } from "@mesh/gateway";
 * import { createTRPCClient, httpBatchLink, httpLink, splitLink } from "@trpc/client";
 *
 * const options = { url: "/trpc", transformer };
 * const byBody = httpLink<AppRouter>({ ...options, methodOverride: "POST" });
 * const byUrl = httpBatchLink<AppRouter>({ ...options, maxItems: 10, maxURLLength: 12_000 });
 * const links = [splitLink<AppRouter>({ condition: isLongQuery, true: byBody, false: byUrl })];
 * const client = createTRPCClient<AppRouter>({ links });
 * ```
 */
export function isLongQuery({ type, input }: Operation): boolean {
  if (type !== "query" || input === undefined) return false;
  const text = JSON.stringify(transformer.serialize(input));
  return text.length > maxInputLength || encodeURIComponent(text).length > maxInputLength;
}
