import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { type SealedCookie, sealedCookie } from "../identity/sealed-cookie.ts";
import type { CookieOptions } from "../identity/signed-cookie.ts";
import type { NewSession, Session, SessionKey, Sessions } from "./sessions.ts";

const sessionKey = z.object({ id: z.guid(), generation: z.int().min(1) });

/** What the cookie of a browser says. `ended`: it had a session, which is over. */
export type BrowserSession = Session | "ended" | "none";

/** The sessions of browsers, by a cookie. */
export interface BrowserSessions {
  /** Returns the session of a request. Replaces its cookie from time to time. @throws MeshError UNAVAILABLE */
  find(request: IncomingMessage, response: ServerResponse): Promise<BrowserSession>;
  /** Begins a session with a new id, in place of the one that the browser has. */
  begin(request: IncomingMessage, response: ServerResponse, person: NewSession): Promise<void>;
  /** Ends the session of a request. Returns the ID token by which the issuer knows it; undefined: there was none. */
  end(request: IncomingMessage, response: ServerResponse): Promise<string | undefined>;
  /** Removes the cookie of a session that is over. */
  forget(request: IncomingMessage, response: ServerResponse): void;
}

/** Options of the sessions of browsers. */
export interface BrowserSessionsOptions {
  readonly sessions: Sessions;
  /** See sealedCookie. */
  readonly secrets: readonly string[];
  /** How long a session lives at most, in milliseconds. */
  readonly maxMs: number;
  /** Returns how the cookies of a request travel. */
  readonly cookieOptions: (request: IncomingMessage) => CookieOptions;
}

/** Keeps the sessions of browsers in a cookie. */
export function browserSessions({ sessions, secrets, maxMs, cookieOptions }: BrowserSessionsOptions): BrowserSessions {
  const maxAgeS = Math.ceil(maxMs / 1_000);
  const cookie: SealedCookie<SessionKey> = sealedCookie({ name: "mesh_session", secrets, maxAgeS, schema: sessionKey });
  const keyOf = (request: IncomingMessage) => cookie.read(request.headers.cookie, cookieOptions(request));

  async function keep(request: IncomingMessage, response: ServerResponse, key: SessionKey): Promise<void> {
    response.appendHeader("set-cookie", await cookie.write(key, cookieOptions(request)));
  }

  function forget(request: IncomingMessage, response: ServerResponse): void {
    response.appendHeader("set-cookie", cookie.remove(cookieOptions(request)));
  }

  return {
    async find(request, response) {
      const key = await keyOf(request);
      if (!key) return "none";
      const found = await sessions.find(key);
      if (!found) return "ended";
      if (found.next) await keep(request, response, found.next);
      return found.session;
    },
    async begin(request, response, person) {
      const before = await keyOf(request);
      if (before) await sessions.revoke(before.id);
      await keep(request, response, await sessions.open(person));
    },
    async end(request, response) {
      const key = await keyOf(request);
      forget(request, response);
      return key && sessions.revoke(key.id);
    },
    forget,
  };
}
