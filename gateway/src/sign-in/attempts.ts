import type { IncomingMessage, ServerResponse } from "node:http";
import { parseCookie } from "cookie";
import * as z from "zod";
import { sealedCookie } from "../identity/sealed-cookie.ts";
import type { CookieOptions } from "../identity/signed-cookie.ts";

const attempt = z.object({
  state: z.string(),
  nonce: z.string(),
  /** The secret of PKCE (RFC 7636). */
  verifier: z.string(),
  /** Where the issuer sends the browser: `https://shop.example/auth/callback` */
  redirectUri: z.string(),
  /** The path, or the URL of a listed page, to which the browser goes afterwards. */
  returnTo: z.string(),
});

/** A sign-in that has begun. Only the browser that began it can complete it. */
export type Attempt = z.output<typeof attempt>;

/** The sign-ins that browsers have begun, each in a cookie of its own, so that two tabs do not disturb each other. */
export interface Attempts {
  remember(request: IncomingMessage, response: ServerResponse, attempt: Attempt, options: CookieOptions): Promise<void>;
  /** Returns the attempt with this state, and forgets it. Undefined: this browser has none, or it is too old. */
  take(
    request: IncomingMessage,
    response: ServerResponse,
    state: string,
    options: CookieOptions,
  ): Promise<Attempt | undefined>;
}

/** How long a person may take to sign in. */
const maxAgeS = 600;

/** The most attempts of a browser, which sends their cookies with every request. */
const maxAttempts = 3;

const prefix = "mesh_signin_";

/** @param secrets keys of the cookies; see sealedCookie */
export function createAttempts(secrets: readonly string[]): Attempts {
  const cookieOf = (state: string) => {
    return sealedCookie({ name: nameOf(state), purpose: "mesh_signin", secrets, maxAgeS, schema: attempt });
  };
  return {
    async remember({ headers }, response, attempt, options) {
      const others = statesIn(headers.cookie);
      for (const state of others.slice(maxAttempts - 1)) {
        response.appendHeader("set-cookie", cookieOf(state).remove(options));
      }
      response.appendHeader("set-cookie", await cookieOf(attempt.state).write(attempt, options));
    },
    async take({ headers }, response, state, options) {
      if (!/^[\w-]{8,100}$/.test(state)) return undefined;
      const cookie = cookieOf(state);
      const found = await cookie.read(headers.cookie, options);
      if (found?.state !== state) return undefined;
      response.appendHeader("set-cookie", cookie.remove(options));
      return found;
    },
  };
}

/** Returns the name of the cookie of an attempt: a part of the state is enough to tell a few of them apart. */
function nameOf(state: string): string {
  return prefix + state.slice(0, 8);
}

/** Returns the beginnings of the states of all attempts in a Cookie header. */
function statesIn(header = ""): string[] {
  const names = Object.keys(parseCookie(header)).map((name) => name.replace("__Host-", ""));
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}
