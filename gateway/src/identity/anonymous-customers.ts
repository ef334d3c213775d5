import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "./caller.ts";
import { signedCookie } from "./signed-cookie.ts";

/** Scopes of a customer who has not signed in. */
const anonymousScopes: ReadonlySet<string> = new Set(["catalog:read", "stock:read", "orders:read", "orders:write"]);

const yearS = 365 * 24 * 60 * 60;

/** Options of the customers' cookie. */
export interface AnonymousCustomersOptions {
  /** The key that signs the cookie. */
  readonly secret: string;
  /** Sends the cookie by https only, even if the gateway itself is reached by http. */
  readonly secure: boolean;
}

/** Makes every browser a customer of its own, recognized by a signed cookie for a year. Replaces an invalid cookie. */
export function anonymousCustomers({ secret, secure }: AnonymousCustomersOptions) {
  const cookie = signedCookie({ name: "mesh_customer", secret, maxAgeS: yearS });
  return function identify(request: IncomingMessage, response: ServerResponse): Caller {
    const known = cookie.read(request.headers.cookie);
    const id = known ?? randomUUID();
    if (!known) response.appendHeader("set-cookie", cookie.write(id, { secure: secure || isEncrypted(request) }));
    return { principal: { kind: "customer", id }, scopes: anonymousScopes, isNew: known === undefined };
  };
}

function isEncrypted({ socket, headers }: IncomingMessage): boolean {
  return "encrypted" in socket || headers["x-forwarded-proto"] === "https";
}
