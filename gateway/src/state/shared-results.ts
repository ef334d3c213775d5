import { randomUUID } from "node:crypto";
import type { Logger } from "@mesh/runtime";
import { and, eq, lt, sql } from "drizzle-orm";
import { keyedResults } from "../schema.ts";
import { keptMs } from "./cleanup.ts";
import type { GatewayDatabase } from "./database.ts";
import { hasEnded, type KeyedCall, type KeyedResults, keyConflict, keyInUse } from "./keyed-results.ts";

/** Keeps results in the database, for all gateways that share it. */
export function createSharedResults(database: GatewayDatabase, log: Logger): KeyedResults {
  return {
    async run(call, work) {
      const { db } = await database.store();
      const attempt = randomUUID();
      const own = and(eq(keyedResults.id, call.id), eq(keyedResults.attempt, attempt));
      const earlier = await begin(db, call, attempt);
      if (earlier) return { response: earlier, isReplayed: true };
      const response = await work().catch(async (error: unknown) => {
        if (hasEnded(error)) await db.delete(keyedResults).where(own).catch(ignore);
        throw error;
      });
      await db
        .update(keyedResults)
        .set({ response })
        .where(own)
        .catch((err: unknown) => log.warn({ err }, "the result of an idempotency key could not be stored"));
      return { response, isReplayed: false };
    },
  };
}

type Database = Awaited<ReturnType<GatewayDatabase["store"]>>["db"];

/** Notes that a call begins. Returns the response of an earlier one. @throws TRPCError or MeshError, as `run` does */
async function begin(db: Database, call: KeyedCall, attempt: string): Promise<Uint8Array | undefined> {
  const { id, requestHash, leaseMs } = call;
  const leaseUntil = sql`now() + ${leaseMs} * interval '1 millisecond'`;
  const row = { requestHash, attempt, leaseUntil, response: null, createdAt: sql`now()` };
  const isOld = lt(keyedResults.createdAt, sql`now() - ${keptMs} * interval '1 millisecond'`);
  const isEnded = sql`${keyedResults.response} is null and ${keyedResults.leaseUntil} < now()`;
  const isLost = sql`${isEnded} and ${keyedResults.requestHash} = ${requestHash}`;
  const begun = await db
    .insert(keyedResults)
    .values({ id, ...row })
    .onConflictDoUpdate({ target: keyedResults.id, set: row, setWhere: sql`${isOld} or (${isLost})` })
    .returning({ id: keyedResults.id });
  if (begun.length > 0) return undefined;
  const [earlier] = await db.select().from(keyedResults).where(eq(keyedResults.id, id));
  if (earlier && earlier.requestHash !== requestHash) throw keyConflict();
  // Without a row, the other call has just failed.
  if (!earlier?.response) throw keyInUse();
  return earlier.response;
}

function ignore(): void {
  // The lease ends anyway.
}
