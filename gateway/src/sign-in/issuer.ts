import { MeshError } from "@mesh/contracts";
import * as oidc from "openid-client";
import type { Attempt } from "./attempts.ts";
import type { Claims } from "./claims.ts";
import type { SignInFailure } from "./return-path.ts";

/** The issuer of a team's users, and how the gateway is known to it. */
export interface IssuerSettings {
  /** `https://login.shop.example/realms/shop` */
  readonly url: string;
  readonly clientId: string;
  /** Undefined: the gateway is a public client, which has only PKCE. */
  readonly clientSecret: string | undefined;
  /** The scopes of OpenID Connect to ask for: `openid profile`. */
  readonly scopes: string;
}

/** A person that an issuer has identified. */
export interface IssuedIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
  readonly idToken: string;
}

/** A sign-in that did not succeed. */
export class SignInError extends Error {
  override readonly name = "SignInError";
  readonly result: SignInFailure;

  constructor(result: SignInFailure, cause: unknown) {
    super(reasonOf(cause), { cause });
    this.result = result;
  }
}

/** Returns the reason of a failure for the log. */
function reasonOf(cause: unknown): string {
  if (cause instanceof oidc.AuthorizationResponseError || cause instanceof oidc.ResponseBodyError) {
    return `${cause.error}: ${cause.error_description ?? ""}`.slice(0, 300);
  }
  return cause instanceof Error ? cause.message : String(cause);
}

/** An OpenID Connect issuer. It is contacted when it is first needed, so the gateway starts without it. */
export interface Issuer {
  /** Returns the address at which a person signs in. @throws SignInError unavailable */
  begin(redirectUri: string, returnTo: string): Promise<{ url: URL; attempt: Attempt }>;
  /** Exchanges the code in the address of the callback for the person's identity. @throws SignInError */
  finish(query: string, attempt: Attempt): Promise<IssuedIdentity>;
  /** Returns the address at which the issuer ends its own session. Undefined: it has none, or it does not respond. */
  signOutUrl(idToken: string, returnUrl: string): Promise<URL | undefined>;
  /** Returns the address of its public keys. @throws MeshError UNAVAILABLE */
  keysUrl(): Promise<URL>;
}

/** The tolerated difference between the clocks of the issuer and the gateway, in seconds. */
const leewayS = 15;

/** The longest wait for a response of the issuer, in seconds. */
const timeoutS = 5;

/** Makes a client of an issuer. */
export function createIssuer({ url, clientId, clientSecret, scopes }: IssuerSettings): Issuer {
  const metadata = { [oidc.clockTolerance]: leewayS };
  const authentication = clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
  // The settings of production accept no http.
  const execute = url.startsWith("http:") ? [oidc.allowInsecureRequests] : [];
  let discovering: Promise<oidc.Configuration> | undefined;

  function discover(): Promise<oidc.Configuration> {
    discovering ??= oidc
      .discovery(new URL(url), clientId, metadata, authentication, { execute, timeout: timeoutS })
      .then((found) => {
        oidc.enableNonRepudiationChecks(found);
        return found;
      })
      .catch((error: unknown) => {
        discovering = undefined;
        throw new SignInError("unavailable", error);
      });
    return discovering;
  }

  return {
    async begin(redirectUri, returnTo) {
      const configuration = await discover();
      const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
      const address = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: scopes,
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
      return { url: address, attempt: { state, nonce, verifier, redirectUri, returnTo } };
    },
    async finish(query, { state, nonce, verifier, redirectUri }) {
      const configuration = await discover();
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const tokens = await oidc
        .authorizationCodeGrant(configuration, new URL(`${redirectUri}?${query}`), checks)
        .catch((error: unknown) => {
          throw new SignInError(resultOf(error), error);
        });
      const claims = tokens.claims();
      if (!claims || tokens.id_token === undefined) throw new SignInError("failed", "the issuer sent no ID token");
      return { issuer: claims.iss, subject: claims.sub, claims, idToken: tokens.id_token };
    },
    async signOutUrl(idToken, returnUrl) {
      const configuration = await discover().catch(() => undefined);
      if (!configuration?.serverMetadata().end_session_endpoint) return undefined;
      return oidc.buildEndSessionUrl(configuration, { id_token_hint: idToken, post_logout_redirect_uri: returnUrl });
    },
    async keysUrl() {
      const configuration = await discover().catch((cause: unknown) => {
        throw new MeshError({ code: "UNAVAILABLE", message: "the issuer of tokens does not respond", cause });
      });
      return new URL(configuration.serverMetadata().jwks_uri ?? url);
    },
  };
}

function resultOf(error: unknown): SignInFailure {
  if (error instanceof oidc.AuthorizationResponseError) {
    return error.error === "access_denied" ? "cancelled" : "failed";
  }
  const isRejected = error instanceof oidc.ResponseBodyError || error instanceof oidc.WWWAuthenticateChallengeError;
  if (isRejected) return "failed";
  // Without a response, fetch rejects with a TypeError, or with the reason of the time limit.
  const isLost = error instanceof oidc.ClientError && error.code === "OAUTH_TIMEOUT";
  return isLost || error instanceof TypeError ? "unavailable" : "failed";
}
