import { stableUuid } from "@mesh/runtime";
import type { Caller, Identify, ScopesOf } from "../identity/caller.ts";
import type { ReadBearer } from "./bearer-tokens.ts";
import type { BrowserSessions } from "./browser-sessions.ts";

/** The ways to find out who makes a request. */
export interface CallersOptions {
  readonly readBearer: ReadBearer;
  readonly browsers: BrowserSessions;
  /** Identifies those who have not signed in. */
  readonly anonymous: Identify;
  readonly scopesOf: ScopesOf;
}

/**
 * Identifies callers: by a bearer token, else by the session of the browser, else as an anonymous customer. A caller whose
 * session is over is an anonymous one, with `hasEnded`.
 */
export function identifyCallers({ readBearer, browsers, anonymous, scopesOf }: CallersOptions): Identify {
  /** Those who have signed in may do at least what anonymous customers may. */
  function callerOf(id: string, roles: readonly string[]): Caller {
    return { principal: { kind: "customer", id }, roles, scopes: scopesOf(["anonymous", ...roles]) };
  }

  return async function identify(request, response): Promise<Caller> {
    const owner = await readBearer(request, response);
    if (owner) return callerOf(customerIdOf(owner.issuer, owner.subject), owner.roles);
    const session = await browsers.find(request, response);
    if (session === "none") return anonymous(request, response);
    if (session === "ended") return { ...(await anonymous(request, response)), hasEnded: true };
    return { ...callerOf(session.customerId, session.roles), sessionId: session.id };
  };
}

/** Returns the id of a person or a machine in the mesh: always the same for the same subject of an issuer. */
export function customerIdOf(issuer: string, subject: string): string {
  return stableUuid(`subject ${JSON.stringify([issuer, subject])}`);
}
