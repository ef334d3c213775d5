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
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    if (cookies.size > 0 && !headers.has("cookie")) headers.set("cookie", [...cookies.values()].join("; "));
    const response = await send(input, { ...init, headers });
    for (const text of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = text.split(";");
      const name = pair.split("=", 1)[0] ?? "";
      if (isExpired(attributes.join(";"))) cookies.delete(name);
      else cookies.set(name, pair);
    }
    return response;
  };
}

/** A server removes a cookie by setting it with a past end. Max-Age has precedence (RFC 6265 §5.3). */
function isExpired(attributes: string): boolean {
  const maxAge = /(?:^|;)\s*max-age\s*=\s*(-?\d+)\s*(?:;|$)/i.exec(attributes)?.[1];
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  return Date.parse(/(?:^|;)\s*expires\s*=([^;]*)/i.exec(attributes)?.[1] ?? "") <= Date.now();
}
