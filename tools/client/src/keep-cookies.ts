/**
 * Returns a `fetch` that keeps the cookies it receives, as a browser does. Each result is one customer of the gateway: a
 * server that acts for several people needs one for each. Sends all cookies with every request, so use it for one host.
 *
 * @param send the function that sends requests. Default: the global `fetch`.
 *
 * @example
 * ```ts no-run
 * import { createClient, keepCookies } from "@mesh/client";
 *
 * const client = createClient({ url: "https://shop.example/trpc", fetch: keepCookies() });
 * await client.orders.listOrders.query({});
 * ```
 */
export function keepCookies(send: typeof fetch = globalThis.fetch): typeof fetch {
  const cookies = new Map<string, string>();
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookies.size > 0 && !headers.has("cookie")) headers.set("cookie", [...cookies.values()].join("; "));
    const response = await send(input, { ...init, headers });
    for (const text of response.headers.getSetCookie()) {
      const [pair = ""] = text.split(";", 1);
      cookies.set(pair.split("=", 1)[0] ?? "", pair);
    }
    return response;
  };
}
