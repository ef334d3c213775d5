import type { IncomingMessage } from "node:http";
import { HttpError } from "./http-error.ts";

/** The hosts that a gateway has. */
export interface Hosts {
  /** Values of the header Host, in lower case: `shop.example`, `127.0.0.1:4000`. */
  readonly names: ReadonlySet<string>;
  /** Accepts all names that this machine has for itself, and all IP addresses, with any port. */
  readonly isLocal: boolean;
}

/**
 * Names that no DNS server of others resolves to this machine: a page of a foreign name could otherwise call a gateway on the
 * machine of a developer as its own (DNS rebinding).
 *
 * Source: https://datatracker.ietf.org/doc/html/rfc6761#section-6.3
 */
const local = /^(([\w-]+\.)*localhost|\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/** Returns true if a Host header is `localhost`, a name below it, or an IP address. */
export function isLocalHost(host: string): boolean {
  return local.test(host);
}

/** Returns the hosts of origins. `https://shop.example` is reached by the hosts `shop.example` and `shop.example:443`. */
export function hostsOf(origins: Iterable<string>): Set<string> {
  const urls = [...origins].map((origin) => new URL(origin));
  return new Set(
    urls.flatMap(({ host, port, protocol }) =>
      port === "" ? [host, `${host}:${protocol === "https:" ? 443 : 80}`] : [host],
    ),
  );
}

/**
 * Checks that a request was sent to a host that the gateway has. The server joins the values of several Host headers, so that
 * they match none.
 *
 * @throws HttpError 400 if it was not
 */
export function checkHost({ headers: { host = "" } }: IncomingMessage, { names, isLocal }: Hosts): void {
  if (names.has(host) || (isLocal && isLocalHost(host)) || names.has(host.toLowerCase())) return;
  throw new HttpError(400, "the header Host names no host of this gateway, which PUBLIC_ORIGINS lists");
}
