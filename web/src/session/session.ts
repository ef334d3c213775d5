import { traceHeader } from "../mesh/trace-header.ts";

/** How long the gateway may take to respond, in milliseconds. */
const timeoutMs = 7_000;

/** Who uses this browser. */
export interface Session {
  /** False: the gateway has no sign-in. */
  readonly canSignIn: boolean;
  readonly signedIn: boolean;
  /** The id by which contracts know the person. */
  readonly customerId?: string;
  readonly name?: string;
  readonly roles?: readonly string[];
  /** True if a session is over, and the customer has not dismissed the notice about it. */
  readonly ended?: boolean;
}

/** The session of a browser while it is not known. */
export const unknownSession: Session = { canSignIn: false, signedIn: false };

/** Loads the session. @throws Error if the gateway does not respond with one */
export async function fetchSession(signal: AbortSignal): Promise<Session> {
  const response = await fetch("/auth/session", {
    headers: [traceHeader()],
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  if (!response.ok) throw new Error(`the session can't be loaded: status ${response.status}`);
  return (await response.json()) as Session; // Our gateway wrote it.
}

/**
 * Returns the session to show. The gateway reports only once that a session is over, and the response may be lost, so a session
 * that this page has shown counts, too: who signs out leaves the page.
 */
export function withEnd(before: Session | undefined, now: Session): Session {
  return (before?.ended || before?.signedIn) && !now.signedIn ? { ...now, ended: true } : now;
}

/** Returns the address that signs in and comes back to a path. */
export function signInUrl(path: string): string {
  return `/auth/login?${new URLSearchParams({ return_to: path })}`;
}

/** Returns a text that changes when another person signs in, or the person signs out. */
export function identityOf({ signedIn, customerId = "", roles = [] }: Session): string {
  return signedIn ? JSON.stringify([customerId, ...roles]) : "";
}
