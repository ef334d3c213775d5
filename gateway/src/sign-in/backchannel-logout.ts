import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@mesh/runtime";
import { errors } from "jose";
import { ZodError } from "zod";
import { HttpError } from "../http/http-error.ts";
import { replyJson } from "../http/reply.ts";
import { ReplayedTokenError } from "./issued-sessions.ts";
import type { VerifyLogout } from "./logout-tokens.ts";
import type { Sessions } from "./sessions.ts";

/** Options of the back-channel logout. */
export interface BackchannelLogoutOptions {
  readonly verify: VerifyLogout;
  readonly sessions: Pick<Sessions, "revokeIssued">;
  readonly log: Logger;
}

/** The longest body, in bytes: a logout token has about 1 KB. */
const maxBytes = 16_384;

const noStore = { "cache-control": "no-store" };

/**
 * Makes the handler by which the issuer ends sessions: `POST /auth/backchannel-logout` with a form that has a `logout_token`.
 * The response is 200 also if there is no such session, and 400 if the token is not valid.
 *
 * Source: https://openid.net/specs/openid-connect-backchannel-1_0.html#BCActions
 */
export function backchannelLogout({ verify, sessions, log }: BackchannelLogoutOptions) {
  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const count = await sessions.revokeIssued(await verify(await tokenIn(request)));
      log.debug({ count }, "the issuer ended sessions");
      replyJson(response, 200, {}, noStore);
    } catch (error) {
      if (!isTokenWrong(error)) throw error;
      // Only the log has the reason: it would help to forge tokens.
      log.warn({ reason: error.message.slice(0, 300) }, "a logout token was rejected");
      replyJson(
        response,
        400,
        { error: "invalid_request", error_description: "the logout token is not valid" },
        noStore,
      );
    }
  };
}

function isTokenWrong(error: unknown): error is Error {
  if (error instanceof errors.JWKSTimeout) return false;
  return [errors.JOSEError, ZodError, HttpError, ReplayedTokenError].some((type) => error instanceof type);
}

/** Reads the token in the form that is the body of a request. @throws HttpError */
async function tokenIn(request: IncomingMessage): Promise<string> {
  let body = "";
  request.setEncoding("latin1");
  for await (const chunk of request) if (body.length <= maxBytes) body += chunk;
  if (body.length > maxBytes) throw new HttpError(400, "the body is too large");
  const tokens = new URLSearchParams(body).getAll("logout_token");
  const [token] = tokens;
  if (token === undefined || tokens.length > 1) throw new HttpError(400, "the body has no form with one logout_token");
  return token;
}
