import { type JWTVerifyGetKey, jwtVerify } from "jose";
import * as z from "zod";
import { algorithms, leewayS } from "./bearer-tokens.ts";
import type { Issuer } from "./issuer.ts";
import { issuerKeys } from "./issuer-keys.ts";

/** The sessions that an issuer has ended. */
export interface EndedAtIssuer {
  readonly issuer: string;
  /** The issuer's id of the session. Undefined: all sessions of the subject. */
  readonly issuerSession: string | undefined;
  /** Undefined: the issuer named only the session. */
  readonly subject: string | undefined;
  /** The id of the token, which must not be used again. */
  readonly tokenId: string;
  /** Until when the token would be accepted. */
  readonly validUntil: Date;
}

/** Settings of logout tokens. */
export interface LogoutTokensOptions {
  readonly issuer: Issuer;
  /** The issuer in tokens: its URL. */
  readonly issuerUrl: string;
  /** The audience in tokens: the id of the gateway at the issuer. */
  readonly clientId: string;
}

/** Verifies a logout token. @throws an error of jose or ZodError if it is not valid, MeshError UNAVAILABLE if the issuer is down */
export type VerifyLogout = (token: string) => Promise<EndedAtIssuer>;

/** The event in the claim `events`. */
const event = "http://schemas.openid.net/event/backchannel-logout";

/** The longest time from the issue of a token to its receipt, in seconds. */
const maxAgeS = 120;

const maxLength = 8_192;

const id = z.string().min(1).max(500);
const claimsOfLogout = z
  .object({
    jti: id,
    iat: z.number(),
    sid: id.optional(),
    sub: id.optional(),
    events: z.object({ [event]: z.looseObject({}) }),
    // An ID token has one. Without this check, a stolen ID token could end sessions.
    nonce: z.never().optional(),
  })
  .refine(({ sid, sub }) => sid !== undefined || sub !== undefined, "it names neither a session nor a subject");

/**
 * Makes the function that verifies logout tokens, by which an issuer says that a session is over.
 *
 * Source: https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation
 */
export function logoutTokens({ issuer, issuerUrl, clientId }: LogoutTokensOptions): VerifyLogout {
  let keys: JWTVerifyGetKey | undefined;
  return async function verify(token) {
    keys ??= issuerKeys(await issuer.keysUrl());
    const { payload } = await jwtVerify(token.slice(0, maxLength), keys, {
      algorithms,
      issuer: issuerUrl,
      audience: clientId,
      clockTolerance: leewayS,
      maxTokenAge: maxAgeS,
      requiredClaims: ["iat", "jti", "events"],
    });
    const { jti, iat, sid, sub } = claimsOfLogout.parse(payload);
    const validUntil = new Date((iat + maxAgeS + leewayS) * 1_000);
    return { issuer: issuerUrl, issuerSession: sid, subject: sub, tokenId: jti, validUntil };
  };
}
