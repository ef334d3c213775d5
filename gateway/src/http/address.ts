import type { IncomingMessage } from "node:http";

/**
 * Returns the client's address. Each proxy appends the address that called it to X-Forwarded-For; a client may have
 * made up everything before those entries.
 *
 * @param proxies how many proxies are in front of the gateway
 */
export function addressOf({ headers, socket }: IncomingMessage, proxies: number): string {
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const address = proxies > 0 ? forwarded.at(-proxies)?.trim() : undefined;
  return address || (socket.remoteAddress ?? "");
}
