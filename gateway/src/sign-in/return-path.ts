/** Any base that no path can leave without being noticed. */
const base = "http://gateway.invalid";

/**
 * Returns where a browser goes after a sign-in: the path, the query and the fragment that it asked for, if they are of
 * this very host, or a URL of a listed page, else `/`. A link could otherwise send people from a sign-in that they trust to
 * any page (an open redirect). Paths of the sign-in itself would be a loop.
 *
 * @param pages the origins of other pages that may call the gateway
 */
export function returnAddress(asked: string | null | undefined, pages: ReadonlySet<string>): string {
  const page = asked && asked.length <= 2_000 && URL.canParse(asked) ? new URL(asked) : undefined;
  return page && pages.has(page.origin) ? page.href : returnPath(asked);
}

function returnPath(asked: string | null | undefined): string {
  // Browsers drop tabs and line breaks, and read a backslash as a slash.
  if (!asked?.startsWith("/") || /[\\\s\p{Cc}]/u.test(asked) || asked.length > 2_000) return "/";
  if (!URL.canParse(asked, base)) return "/";
  const { origin, pathname, search, hash } = new URL(asked, base);
  if (origin !== base || pathname.startsWith("//") || pathname.startsWith("/auth/")) return "/";
  return pathname + search + hash;
}

/** Adds the result of a sign-in to an address, as the parameter `sign-in`. */
export function withResult(address: string, result: SignInFailure): string {
  const { origin, pathname, searchParams, hash } = new URL(address, base);
  searchParams.set("sign-in", result);
  return `${origin === base ? "" : origin}${pathname}?${searchParams}${hash}`;
}

/** `cancelled`: by the person or the issuer. `failed`: the response was not valid. `unavailable`: no contact to the issuer. */
export type SignInFailure = "cancelled" | "failed" | "unavailable";
