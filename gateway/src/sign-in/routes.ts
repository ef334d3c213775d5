import type { IncomingMessage, ServerResponse } from "node:http";
import { MeshError } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import type { PathHandler } from "../http/handler.ts";
import { replyJson } from "../http/reply.ts";
import type { CookieOptions } from "../identity/signed-cookie.ts";
import { setRoute } from "../telemetry/observe-requests.ts";
import type { Attempts } from "./attempts.ts";
import { backchannelLogout } from "./backchannel-logout.ts";
import type { BrowserSessions } from "./browser-sessions.ts";
import { customerIdOf } from "./callers.ts";
import { nameIn, rolesIn } from "./claims.ts";
import { type IssuedIdentity, type Issuer, SignInError } from "./issuer.ts";
import type { VerifyLogout } from "./logout-tokens.ts";
import type { PublicUrl } from "./public-url.ts";
import { returnAddress, withResult } from "./return-path.ts";
import type { Sessions } from "./sessions.ts";

/** Options of the routes below /auth. */
export interface SignInRoutesOptions {
  readonly issuer: Issuer;
  readonly browsers: BrowserSessions;
  readonly attempts: Attempts;
  /** Returns the URL at which the browser reaches this gateway. */
  readonly publicUrl: PublicUrl;
  /** The origins of other pages to which a sign-in may return. */
  readonly pageOrigins: ReadonlySet<string>;
  readonly cookieOptions: (request: IncomingMessage) => CookieOptions;
  /** The claim with the roles; see rolesIn. */
  readonly rolesClaim: string;
  /** The role of people whose token has none. */
  readonly defaultRole: string;
  readonly log: Logger;
  /** Verifies the tokens by which the issuer ends sessions. */
  readonly verify: VerifyLogout;
  readonly sessions: Sessions;
}

type Route = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => Promise<void>;

/**
 * Serves the sign-in: `GET /auth/login?return_to=/cart` begins it, the issuer sends the browser to `/auth/callback`,
 * `POST /auth/logout` ends the session, `POST /auth/backchannel-logout` is the issuer's way to end sessions, and `GET /auth/session`
 * returns who has signed in. Never rejects.
 */
export function signInRoutes(options: SignInRoutesOptions): PathHandler {
  const { log } = options;
  const backchannel = backchannelLogout(options);
  const routes: Readonly<Record<string, { readonly method: "GET" | "POST"; readonly run: Route }>> = {
    login: { method: "GET", run: login(options) },
    callback: { method: "GET", run: callback(options) },
    logout: { method: "POST", run: logout(options) },
    "backchannel-logout": { method: "POST", run: backchannel },
    session: { method: "GET", run: session(options) },
  };
  return async function handle(request, response, path, query) {
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (!route) return replyJson(response, 404, { message: "no route has this path" });
    setRoute(response, `/auth/${path}`);
    if (request.method !== route.method) {
      return replyJson(response, 405, { message: `use ${route.method}` }, { allow: route.method });
    }
    try {
      await route.run(request, response, new URLSearchParams(query));
    } catch (error) {
      log.error({ err: error, route: path }, "a request of the sign-in failed");
      replyJson(response, 503, { message: "the sign-in is unavailable" }, { "retry-after": "1" });
    }
  };
}

/** Sends the browser to the issuer, which sends it back to the callback. */
function login(options: SignInRoutesOptions): Route {
  const { issuer, attempts, publicUrl, pageOrigins, cookieOptions, log } = options;
  return async (request, response, query) => {
    const returnTo = returnAddress(query.get("return_to"), pageOrigins);
    const here = publicUrl(request);
    // The cookie of the attempt must be that of the host to which the issuer sends the browser.
    if (here.isOther)
      return redirect(response, `${here.origin}/auth/login?${new URLSearchParams({ return_to: returnTo })}`);
    try {
      const { url, attempt } = await issuer.begin(`${here.origin}/auth/callback`, returnTo);
      await attempts.remember(request, response, attempt, cookieOptions(request));
      redirect(response, url.href);
    } catch (error) {
      redirect(response, failureAddress(error, returnTo, log));
    }
  };
}

/** Exchanges the code of the issuer for a session. A code or a state from elsewhere opens none. */
function callback(options: SignInRoutesOptions): Route {
  const { issuer, attempts, browsers, cookieOptions, log } = options;
  return async (request, response, query) => {
    const attempt = await attempts.take(request, response, query.get("state") ?? "", cookieOptions(request));
    if (!attempt) return redirect(response, failureAddress(new SignInError("failed", "unknown state"), "/", log));
    const { returnTo } = attempt;
    try {
      const identity = await issuer.finish(query.toString(), attempt);
      await browsers.begin(request, response, personOf(identity, options));
      redirect(response, returnTo);
    } catch (error) {
      redirect(response, failureAddress(error, returnTo, log));
    }
  };
}

function personOf({ issuer, subject, claims, idToken }: IssuedIdentity, options: SignInRoutesOptions) {
  const roles = rolesIn(claims, options.rolesClaim);
  return {
    customerId: customerIdOf(issuer, subject),
    name: nameIn(claims),
    roles: roles.length > 0 ? roles : [options.defaultRole],
    issuer,
    subject,
    idToken,
    issuerSession: typeof claims.sid === "string" ? claims.sid : null,
  };
}

/** Ends the session here, and sends the browser to the issuer to end the one there. */
function logout({ issuer, browsers, publicUrl }: SignInRoutesOptions): Route {
  return async (request, response) => {
    request.resume();
    const idToken = await browsers.end(request, response);
    const here = `${publicUrl(request).origin}/`;
    const there = idToken === undefined ? undefined : await issuer.signOutUrl(idToken, here);
    redirect(response, there?.href ?? "/");
  };
}

/** Returns who has signed in. Removes the cookie of a session that is over, so that the next calls are anonymous ones. */
function session({ browsers }: SignInRoutesOptions): Route {
  return async (request, response) => {
    const found = await browsers.find(request, response);
    if (found === "ended") browsers.forget(request, response);
    const isSignedIn = typeof found === "object";
    replyJson(response, 200, {
      canSignIn: true,
      signedIn: isSignedIn,
      ...(isSignedIn && { customerId: found.customerId, name: found.name, roles: found.roles }),
      ...(found === "ended" && { ended: true }),
    });
  };
}

/** Returns the address to which a browser goes after a sign-in that failed, and logs the reason. */
function failureAddress(error: unknown, returnTo: string, log: Logger): string {
  const isOutage = error instanceof MeshError && error.code === "UNAVAILABLE";
  const failure = isOutage ? new SignInError("unavailable", error) : error;
  if (!(failure instanceof SignInError)) throw failure;
  const { result, message } = failure;
  if (result === "cancelled") log.debug({ reason: message }, "a sign-in was cancelled");
  else log.warn({ result, reason: message }, "a sign-in failed");
  return withResult(returnTo, result);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, "content-length": 0 });
  response.end();
}
