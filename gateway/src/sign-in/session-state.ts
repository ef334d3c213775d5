/** A session, as it is stored. Times are those of the gateways' clocks. */
export interface StoredSession {
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** How often its cookie was replaced, from 1. */
  readonly generation: number;
  /** When the cookie of this generation was made. */
  readonly rotatedAt: Date;
  /** When a browser first sent the cookie of this generation. Null: none has. */
  readonly usedAt: Date | null;
  /** When it was last used, to the minute. */
  readonly seenAt: Date;
  /** When it ends, however often it is used. */
  readonly endsAt: Date;
}

/** The life of sessions, in milliseconds. */
export interface SessionTimes {
  /** How long an unused session lives. */
  readonly idleMs: number;
  /** How long a session lives at most. */
  readonly maxMs: number;
}

/**
 * What to do with the cookie of a session.
 * `live`: nothing. `seen`: store that it is used. `rotate`: replace it. `repeat`: send the replacement again, because the
 * browser has not received it. `ended`: the session is over. `stolen`: end it, because the cookie was replaced, and its
 * replacement is in use elsewhere.
 */
export type Verdict = "live" | "seen" | "rotate" | "repeat" | "ended" | "stolen";

/** The age at which a cookie is replaced, so that a copied one is of use for a short time, or is noticed. */
export const rotateAfterMs = 15 * 60_000;

/** Requests that a browser sent before it received the replacement may arrive for as long, also from another tab. */
export const graceMs = 60_000;

/** How exactly the last use is known: each step costs a write. */
export const seenStepMs = 60_000;

/** Judges the cookie of a session by its generation. */
export function verdictOn(session: StoredSession, generation: number, now: number, idleMs: number): Verdict {
  if (now >= session.endsAt.getTime() || now >= session.seenAt.getTime() + idleMs) return "ended";
  if (generation === session.generation) {
    if (now >= session.rotatedAt.getTime() + rotateAfterMs) return "rotate";
    const isKnown = session.usedAt !== null && now < session.seenAt.getTime() + seenStepMs;
    return isKnown ? "live" : "seen";
  }
  // After a backup of the database was restored, cookies are ahead of it.
  if (generation > session.generation) return "ended";
  if (generation < session.generation - 1) return "stolen";
  if (session.usedAt === null) return "repeat";
  return now < session.usedAt.getTime() + graceMs ? "live" : "stolen";
}
