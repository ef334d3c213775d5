import type { IncomingMessage } from "node:http";

/**
 * Returns the client's address. Each proxy appends the address that called it to X-Forwarded-For; a client may have
 * made up everything before those entries.
 *
 * @param proxies how many proxies are in front of the gateway
 */
export function addressOf({ headers, socket }: IncomingMessage, proxies: number): string {
  if (proxies === 0) return socket.remoteAddress ?? "";
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const address = withoutPort(forwarded.at(-proxies)?.trim() ?? "");
  return address || (socket.remoteAddress ?? "");
}

/** Some proxies add the port, which is another one for each connection. */
function withoutPort(address: string): string {
  const [, v4, v6] = /^(\d+\.\d+\.\d+\.\d+):\d+$|^\[([^\]]+)\](?::\d+)?$/.exec(address) ?? [];
  return v4 ?? v6 ?? address;
}
