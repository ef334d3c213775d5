import type { IncomingMessage, ServerResponse } from "node:http";
import { MeshError } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import { errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { type Claims, rolesIn } from "./claims.ts";
import type { Issuer } from "./issuer.ts";
import { issuerKeys } from "./issuer-keys.ts";

/** What a bearer token proves. */
export interface TokenOwner {
  readonly issuer: string;
  readonly subject: string;
  readonly roles: readonly string[];
}

/** Settings of bearer tokens. */
export interface BearerTokensOptions {
  readonly issuer: Issuer;
  /** The issuer in tokens: its URL. */
  readonly issuerUrl: string;
  /** The audience in tokens, which is this mesh. Undefined: no tokens are accepted. */
  readonly audience: string | undefined;
  /** The claim with the roles; see rolesIn. */
  readonly rolesClaim: string;
  readonly log: Logger;
}

/** Only asymmetric ones: with HS256 a public key would be the secret. */
export const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** The type of access tokens (RFC 9068). ID tokens and the cookies' contents have others. */
const tokenType = "at+jwt";

/** The tolerated difference between the clocks of the issuer and the gateway, in seconds. */
export const leewayS = 15;

const maxLength = 8_192;

/** Reads the bearer token of a request. */
export type ReadBearer = (request: IncomingMessage, response: ServerResponse) => Promise<TokenOwner | undefined>;

/**
 * Makes the function that verifies the access token in the header Authorization (RFC 6750) and returns its owner;
 * undefined if the request has none.
 *
 * @throws MeshError UNAUTHENTICATED if it is not valid, UNAVAILABLE if the issuer's keys are not known
 */
export function bearerTokens({ issuer, issuerUrl, audience, rolesClaim, log }: BearerTokensOptions): ReadBearer {
  let keys: JWTVerifyGetKey | undefined;

  async function verify(token: string): Promise<Claims> {
    if (audience === undefined) throw new errors.JWTInvalid("OIDC_AUDIENCE is not set, so no token is accepted");
    if (token.length > maxLength) throw new errors.JWTInvalid(`it has more than ${maxLength} characters`);
    keys ??= issuerKeys(await issuer.keysUrl());
    const { payload } = await jwtVerify(token, keys, {
      algorithms,
      issuer: issuerUrl,
      audience,
      typ: tokenType,
      clockTolerance: leewayS,
      requiredClaims: ["exp", "sub"],
    });
    return payload;
  }

  return async function readBearer({ headers }, response) {
    const [, token] = /^bearer +(\S*) *$/i.exec(headers.authorization ?? "") ?? [];
    if (token === undefined) return undefined;
    const claims = await verify(token).catch((error: unknown) => {
      throw rejected(error, response, log);
    });
    return { issuer: issuerUrl, subject: String(claims.sub), roles: rolesIn(claims, rolesClaim) };
  };
}

/** Only the log has the reason: it would help to forge tokens. */
function rejected(error: unknown, response: ServerResponse, log: Logger): unknown {
  const isTokenWrong = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
  if (!isTokenWrong) {
    if (error instanceof MeshError) return error;
    return new MeshError({
      code: "UNAVAILABLE",
      message: "the keys of the issuer of tokens can't be loaded",
      cause: error,
    });
  }
  log.debug({ reason: error.message }, "a bearer token was rejected");
  response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
  const message = error instanceof errors.JWTExpired ? "the bearer token has expired" : "the bearer token is not valid";
  return new MeshError({ code: "UNAUTHENTICATED", message });
}
