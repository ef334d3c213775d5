import type { IncomingMessage } from "node:http";
import { type Lifecycle, type Logger, repeat } from "@mesh/runtime";
import type { PathHandler } from "../http/handler.ts";
import { replyJson } from "../http/reply.ts";
import type { Identify, ScopesOf } from "../identity/caller.ts";
import { isEncrypted } from "../identity/cookie-name.ts";
import type { GatewayDatabase } from "../state/database.ts";
import { createAttempts } from "./attempts.ts";
import { bearerTokens } from "./bearer-tokens.ts";
import { browserSessions } from "./browser-sessions.ts";
import { identifyCallers } from "./callers.ts";
import { createIssuer } from "./issuer.ts";
import { logoutTokens } from "./logout-tokens.ts";
import { publicUrls } from "./public-url.ts";
import { signInRoutes } from "./routes.ts";
import { openSessions } from "./sessions.ts";
import type { SignInSettings } from "./sign-in-settings.ts";

/** The sign-in of a gateway. */
export interface SignIn {
  /** Identifies callers by bearer tokens and sessions. */
  readonly identify: Identify;
  /** Handles requests below /auth. */
  readonly routes: PathHandler;
  /** Calls back with the id of each session that ends early. */
  onRevoked(callback: (sessionId: string | undefined) => void): void;
}

/** Options of the sign-in. */
export interface SignInOptions {
  readonly database: GatewayDatabase;
  /** Identifies those who have not signed in. */
  readonly anonymous: Identify;
  readonly scopesOf: ScopesOf;
  /** Keys of the cookies; see sealedCookie. */
  readonly secrets: readonly string[];
  /** Sends cookies by https only, even if the gateway itself is reached by http. */
  readonly isProduction: boolean;
  /** The origins by which browsers reach the gateway, the default first. Empty in development: any. */
  readonly publicOrigins: ReadonlySet<string>;
  /** The origins of other pages to which a sign-in may return. */
  readonly pageOrigins: ReadonlySet<string>;
  readonly life: Lifecycle;
  readonly log: Logger;
}

/** How often sessions that are over are deleted. */
const sweepMs = 600_000;

/** Opens the sign-in by OpenID Connect. The issuer and the database need not respond yet. */
export function openSignIn(settings: SignInSettings, options: SignInOptions): SignIn {
  const { issuerUrl, audience, rolesClaim, defaultRole, idleMs, maxMs } = settings;
  const { database, anonymous, scopesOf, secrets, isProduction, publicOrigins, pageOrigins, life, log } = options;
  const issuer = createIssuer({ ...settings, url: issuerUrl });
  const cookieOptions = (request: IncomingMessage) => ({ secure: isProduction || isEncrypted(request) });
  const sessions = openSessions({ database, idleMs, maxMs });
  life.onClose("sessions", sessions.close);
  void repeat(sessions.sweep, { signal: life.signal, intervalMs: sweepMs });
  const browsers = browserSessions({ sessions, secrets, maxMs, cookieOptions });
  const readBearer = bearerTokens({ issuer, issuerUrl, audience, rolesClaim, log });
  return {
    identify: identifyCallers({ readBearer, browsers, anonymous, scopesOf }),
    routes: signInRoutes({
      issuer,
      browsers,
      sessions,
      verify: logoutTokens({ issuer, issuerUrl, clientId: settings.clientId }),
      attempts: createAttempts(secrets),
      publicUrl: publicUrls([...publicOrigins]),
      pageOrigins,
      cookieOptions,
      rolesClaim,
      defaultRole,
      log,
    }),
    onRevoked: sessions.onRevoked,
  };
}

/** Handles requests below /auth of a gateway without an issuer: the page learns that there is no sign-in. */
export const noSignIn: PathHandler = async (_request, response, path) => {
  if (path === "session") replyJson(response, 200, { canSignIn: false, signedIn: false });
  else replyJson(response, 404, { message: "this gateway has no sign-in: OIDC_ISSUER is not set" });
};
