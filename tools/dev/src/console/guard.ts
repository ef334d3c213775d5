import type { IncomingMessage } from "node:http";

/**
 * Returns why a request is rejected, or undefined if it is not. The console restarts processes and shows data, so that no other
 * page of the developer's browser may reach it: neither one that sends requests to its port (`Origin`), nor one whose name
 * an attacker has resolve to this machine (`Host`, DNS rebinding).
 *
 * @param hosts the values of `Host` by which the console is reached
 */
export function rejectionOf({ method, headers }: IncomingMessage, hosts: readonly string[]): string | undefined {
  const { host = "", origin } = headers;
  if (!hosts.includes(host)) return `the host ${JSON.stringify(host)} is not one of ${hosts.join(", ")}`;
  if (origin !== undefined && origin !== `http://${host}`) return `pages of ${origin} can't use the console`;
  const site = headers["sec-fetch-site"];
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  // A link of another page may open the console.
  const isNavigation =
    method === "GET" && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  return isOwn || isNavigation ? undefined : "pages of other origins can't use the console";
}
