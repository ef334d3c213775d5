import { randomUUID } from "node:crypto";
import { MeshError } from "@mesh/contracts";
import { and, eq, lt, or } from "drizzle-orm";
import { Recent } from "../identity/recent.ts";
import { sessions as table } from "../schema.ts";
import type { GatewayDatabase, GatewayStore } from "../state/database.ts";
import { deleteIssued, notifyRevoked, revokedChannel, sweepLogoutTokens } from "./issued-sessions.ts";
import type { EndedAtIssuer } from "./logout-tokens.ts";
import { type SessionTimes, type StoredSession, verdictOn } from "./session-state.ts";

/** A session that is open. */
export type Session = Pick<StoredSession, "id" | "customerId" | "name" | "roles">;

/** The content of the cookie of a session. */
export interface SessionKey {
  readonly id: string;
  /** How often the cookie was replaced, from 1. */
  readonly generation: number;
}

/** The session of a cookie. */
export interface FoundSession {
  readonly session: Session;
  /** The content of the cookie that replaces the one that was sent. */
  readonly next?: SessionKey;
}

/** A person who has signed in. */
export interface NewSession extends Omit<Session, "id"> {
  readonly issuer: string;
  readonly subject: string;
  readonly idToken: string;
  /** The issuer's id of its session. Null: it has none. */
  readonly issuerSession: string | null;
}

/** The sessions of people who have signed in, the same at all gateways that share a database. */
export interface Sessions {
  open(person: NewSession): Promise<SessionKey>;
  /**
   * Returns the session of a cookie; undefined: it is over.
   *
   * @throws MeshError UNAVAILABLE if the database can't be reached, and did not find the session within the last minute
   */
  find(key: SessionKey): Promise<FoundSession | undefined>;
  /** Ends a session, at every gateway. Returns the ID token by which the issuer knows it; undefined: there is none. */
  revoke(id: string): Promise<string | undefined>;
  /**
   * Ends the sessions that their issuer has ended, at every gateway. Returns how many there were.
   *
   * @throws ReplayedTokenError if the token was used before
   */
  revokeIssued(ended: EndedAtIssuer): Promise<number>;
  /**
   * Calls back with the id of each session that is revoked, by any gateway; with undefined when notifications may have been
   * lost, so that any session may be revoked.
   */
  onRevoked(callback: (id: string | undefined) => void): void;
  /** Deletes the sessions that are over. */
  sweep(): Promise<void>;
  /** Ends the connection to the other gateways. */
  close(): void;
}

/** Options of sessions. */
export interface SessionsOptions extends SessionTimes {
  readonly database: GatewayDatabase;
  /** The clock. Default: `Date.now`. */
  readonly now?: () => number;
}

/** How long what the database said is used, in milliseconds: if another gateway's notification is lost, for that long. */
const freshMs = 10_000;

/** The same while the database can't be reached. */
const staleMs = 60_000;

/** How long a person who signs in waits for the database, in milliseconds. */
const openWaitMs = 10_000;

/** The longest timer, 24 days: the gateway may wait for its database for as long. */
const untilOpen = 2 ** 31 - 1;

/** The sessions that a process remembers, about 5 MB. */
const maxRemembered = 10_000;

/** Keeps sessions in the gateways' database. */
export function openSessions({ database, idleMs, maxMs, now = Date.now }: SessionsOptions): Sessions {
  const remembered = new Recent<{ found: FoundSession | undefined; at: number }>(maxRemembered);
  const callbacks: ((id: string | undefined) => void)[] = [];
  let unlisten = () => {};
  /** How often the remembered sessions were forgotten. */
  let forgotten = 0;
  // While the database is closed, nothing can be revoked.
  database.store(untilOpen).then(
    (store) => {
      unlisten = store.listen(revokedChannel, onNotified);
    },
    () => {},
  );

  function forget(): void {
    forgotten += 1;
    remembered.clear();
  }

  function onNotified(id: string | undefined): void {
    forget();
    for (const callback of callbacks) callback(id);
  }

  async function judge({ id, generation }: SessionKey): Promise<FoundSession | undefined> {
    const { db } = await database.store();
    const [stored] = await db.select(columns).from(table).where(eq(table.id, id));
    if (!stored) return undefined;
    const at = new Date(now());
    const current = and(eq(table.id, id), eq(table.generation, generation));
    const verdict = verdictOn(stored, generation, at.getTime(), idleMs);
    switch (verdict) {
      case "live":
        return { session: stored };
      case "seen":
        await db
          .update(table)
          .set({ seenAt: at, usedAt: stored.usedAt ?? at })
          .where(current);
        return { session: stored };
      case "rotate":
        // If another request did it meanwhile, nothing changes, and its cookie is the same.
        await db
          .update(table)
          .set({ generation: generation + 1, rotatedAt: at, usedAt: null, seenAt: at })
          .where(current);
        return { session: stored, next: { id, generation: generation + 1 } };
      case "repeat":
        return { session: stored, next: { id, generation: stored.generation } };
      case "stolen":
        await revoke(id);
        return undefined;
      case "ended":
        return undefined;
      default:
        return verdict satisfies never;
    }
  }

  async function revoke(id: string): Promise<string | undefined> {
    const ended = await deleteAndNotify(await database.store(), id);
    if (ended) forget();
    return ended?.idToken;
  }

  return {
    async open(person) {
      const { db } = await database.store(openWaitMs);
      const at = new Date(now());
      const key = { id: randomUUID(), generation: 1 };
      const times = { createdAt: at, rotatedAt: at, seenAt: at, endsAt: new Date(at.getTime() + maxMs) };
      await db.insert(table).values({ ...person, ...key, ...times, roles: [...person.roles] });
      return key;
    },
    async find(key) {
      const name = `${key.id} ${key.generation}`;
      const known = remembered.get(name, now());
      if (known && now() < known.at + freshMs) return known.found;
      const before = forgotten;
      try {
        const found = await judge(key);
        // Each request whose cookie is to be replaced must get the new one. The session may have been revoked meanwhile.
        if (!found?.next && before === forgotten) remembered.set(name, { found, at: now() }, now() + staleMs);
        return found;
      } catch (error) {
        if (known && error instanceof MeshError && error.code === "UNAVAILABLE") return known.found;
        throw error;
      }
    },
    revoke,
    async revokeIssued(ended) {
      const count = await deleteIssued(await database.store(openWaitMs), ended);
      if (count > 0) forget();
      return count;
    },
    onRevoked: (callback) => void callbacks.push(callback),
    async sweep() {
      const { db } = await database.store();
      const at = new Date(now());
      await db.delete(table).where(or(lt(table.endsAt, at), lt(table.seenAt, new Date(at.getTime() - idleMs))));
      await sweepLogoutTokens(db, at);
    },
    close: () => unlisten(),
  };
}

/** Sessions of all gateways are checked again when they are notified. */
async function deleteAndNotify({ transaction }: GatewayStore, id: string) {
  return transaction(async (tx) => {
    const [ended] = await tx.delete(table).where(eq(table.id, id)).returning({ idToken: table.idToken });
    if (ended) await notifyRevoked(tx, id);
    return ended;
  });
}

const columns = {
  id: table.id,
  customerId: table.customerId,
  name: table.name,
  roles: table.roles,
  generation: table.generation,
  rotatedAt: table.rotatedAt,
  usedAt: table.usedAt,
  seenAt: table.seenAt,
  endsAt: table.endsAt,
};
