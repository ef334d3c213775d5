import type { IncomingMessage } from "node:http";
import { isEncrypted } from "../identity/cookie-name.ts";

/** Returns the URL at which the browser that sent a request reaches the gateway. */
export type PublicUrl = (request: IncomingMessage) => {
  /** `https://shop.example` */
  readonly origin: string;
  /** True if the browser used another address, so that it has to go to this one first. */
  readonly isOther: boolean;
};

/**
 * Makes the function that returns the URL at which a browser reaches the gateway. The issuer sends the code of a sign-in there,
 * so a request can't choose another one.
 *
 * @param origins the public URLs, of which the first is the default. Empty, in development: the address that the browser used.
 *   An issuer accepts only those that it knows.
 */
export function publicUrls(origins: readonly string[]): PublicUrl {
  const [first] = origins;
  return function publicUrl(request) {
    const host = request.headers.host ?? "";
    if (first === undefined) return { origin: `${isEncrypted(request) ? "https" : "http"}://${host}`, isOther: false };
    const listed = origins.find((origin) => new URL(origin).host === host);
    return { origin: listed ?? first, isOther: listed === undefined };
  };
}
