import type { IncomingMessage } from "node:http";

/**
 * The address a request comes from. Each proxy adds the one it was called from to X-Forwarded-For; whatever stands
 * before those, the client may have made up.
 *
 * @param proxies how many proxies stand in front
 */
export function addressOf({ headers, socket }: IncomingMessage, proxies: number): string {
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const address = proxies > 0 ? forwarded.at(-proxies)?.trim() : undefined;
  return address || (socket.remoteAddress ?? "");
}
