import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { MeshError, type Principal } from "@mesh/contracts";
import { signedCookie } from "./http/cookie.ts";

/** Who makes a call, and what they may do. */
export interface Caller {
  readonly principal: Principal;
  readonly scopes: ReadonlySet<string>;
  /**
   * Whether this request is the first one of the caller, who may never get to know who it is: an answer that is lost
   * takes its cookie with it.
   */
  readonly isNew?: boolean;
}

/**
 * Finds out who makes a request, and may set a cookie on its response. This is where sign-in comes in: another function
 * of this type, given to the gateway in the place of `anonymousCustomers`.
 */
export type Identify = (request: IncomingMessage, response: ServerResponse) => Caller;

/** What a customer may do without having signed in. */
const anonymousScopes: ReadonlySet<string> = new Set(["catalog:read", "stock:read", "orders:read", "orders:write"]);

const yearS = 365 * 24 * 60 * 60;

/**
 * Makes every browser a customer of its own, known by a signed cookie for a year. A cookie that was tampered with is
 * replaced.
 *
 * @param secure whether the cookie may only travel by https, also where the gateway itself is reached by http
 */
export function anonymousCustomers({ secret, secure }: { secret: string; secure: boolean }): Identify {
  const cookie = signedCookie({ name: "mesh_customer", secret, maxAgeS: yearS });
  return (request, response) => {
    const known = cookie.read(request.headers.cookie);
    const id = known ?? randomUUID();
    const isSecure = secure || isEncrypted(request);
    if (!known) response.appendHeader("set-cookie", cookie.write(id, { secure: isSecure }));
    return { principal: { kind: "customer", id }, scopes: anonymousScopes, isNew: known === undefined };
  };
}

function isEncrypted({ socket, headers }: IncomingMessage): boolean {
  return "encrypted" in socket || headers["x-forwarded-proto"] === "https";
}

/**
 * A call that is made again after its answer was lost is known by its caller and its idempotency key.
 *
 * @throws MeshError UNAUTHENTICATED, to be tried again at once, where the caller would not be the same a second time
 */
export function checkKnown({ isNew }: Caller): void {
  if (!isNew) return;
  const message = "nothing is changed for a caller without a cookie: one was set now, call again";
  throw new MeshError({ code: "UNAUTHENTICATED", message, retryAfterMs: 0 });
}

/** @throws MeshError PERMISSION_DENIED that names the scopes the caller lacks */
export function checkScopes({ scopes }: Caller, needed: readonly string[]): void {
  const missing = needed.filter((scope) => !scopes.has(scope));
  if (missing.length === 0) return;
  const message = `this needs the scope ${missing.join(" and ")}`;
  throw new MeshError({ code: "PERMISSION_DENIED", message });
}
