import { createHash } from "node:crypto";
import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { sessions, logoutTokens as tokens } from "../schema.ts";
import type { GatewayStore } from "../state/database.ts";
import type { EndedAtIssuer } from "./logout-tokens.ts";

type Db = GatewayStore["db"];
type Tx = Parameters<Parameters<GatewayStore["transaction"]>[0]>[0];

/** A logout token that was used before. */
export class ReplayedTokenError extends Error {
  override readonly name = "ReplayedTokenError";
}

/** The PostgreSQL channel for ids of sessions that are revoked. */
export const revokedChannel = "sessions_revoked";

/** Notifies all gateways that a session is revoked, when the transaction commits. */
export async function notifyRevoked(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`select pg_notify(${revokedChannel}, ${id})`);
}

/** Deletes the sessions that their issuer has ended, once for each token. @throws ReplayedTokenError */
export async function deleteIssued({ transaction }: GatewayStore, ended: EndedAtIssuer): Promise<number> {
  return transaction(async (tx) => {
    const id = createHash("sha256")
      .update(JSON.stringify([ended.issuer, ended.tokenId]))
      .digest("base64url");
    const added = await tx
      .insert(tokens)
      .values({ id, validUntil: ended.validUntil })
      .onConflictDoNothing()
      .returning({ id: tokens.id });
    if (added.length === 0) throw new ReplayedTokenError("the token was used before");
    const deleted = await tx.delete(sessions).where(areMeant(ended)).returning({ id: sessions.id });
    for (const session of deleted) await notifyRevoked(tx, session.id);
    return deleted.length;
  });
}

/** Deletes the ids of tokens that are not valid any more. */
export async function sweepLogoutTokens(db: Db, at: Date): Promise<void> {
  await db.delete(tokens).where(lt(tokens.validUntil, at));
}

/** If the issuer's id of a session is not known, it may be the one that has ended. */
function areMeant({ issuer, issuerSession, subject }: EndedAtIssuer) {
  const isOfSubject = subject === undefined ? sql`true` : eq(sessions.subject, subject);
  if (issuerSession === undefined) return and(eq(sessions.issuer, issuer), isOfSubject);
  const isUnknown = subject === undefined ? sql`false` : isNull(sessions.issuerSession);
  return and(eq(sessions.issuer, issuer), isOfSubject, or(eq(sessions.issuerSession, issuerSession), isUnknown));
}
