import { createHash } from "node:crypto";
import { MeshError } from "@mesh/contracts";
import { eq, lt, type SQL, sql } from "drizzle-orm";
import type { Schema, StoreTransaction } from "./schema.ts";
import { keyedResults } from "./tables.ts";

/** How long the result of an idempotency key is kept, in milliseconds: a day. */
export const keyedResultsMs = 24 * 60 * 60_000;

/** A call with an idempotency key. */
export interface KeyedCall {
  /** A hash of what the key belongs to, and of the key. */
  readonly id: string;
  /** A hash of the request. */
  readonly requestHash: string;
}

/** The result of a call with an idempotency key. */
export interface KeyedResult {
  readonly status: "stored" | "replayed";
  readonly response: Uint8Array;
}

/** A call that can't have a result: its key was used for another request, or the first call is still running. */
export class KeyedCallError extends MeshError {
  readonly status: "conflict" | "running";

  constructor(status: "conflict" | "running") {
    super(
      status === "conflict"
        ? { code: "FAILED_PRECONDITION", message: "the idempotency key was used for another request: use a new key" }
        : {
            code: "ABORTED",
            message: "a call with the same idempotency key is running: wait for its result",
            retryAfterMs: 1_000,
          },
    );
    this.status = status;
  }
}

/**
 * Returns the hash of a text or of bytes, for the fields of a keyed call.
 *
 * @example
 * ```ts
 * import { keyedHash } from "@mesh/store";
 *
 * keyedHash("a"); // 43 characters, which differ for each text
 * ```
 */
export function keyedHash(value: string | Uint8Array): string {
  return createHash("sha256").update(value).digest("base64url");
}

/**
 * Runs work once for an idempotency key, in a transaction, and stores the response in it. Returns the stored response to later
 * calls, for a day. If the transaction is rolled back, nothing is stored, and the next call runs the work again.
 *
 * @throws KeyedCallError if the key was used for another request, or a call with the key is running
 *
 * @example
 * ```ts
 * import { keyedHash, runKeyed, type StoreTransaction } from "@mesh/store";
 *
 * async function once(tx: StoreTransaction<Record<never, never>>, key: string, request: Uint8Array) {
 *   const call = { id: keyedHash(`notes ${key}`), requestHash: keyedHash(request) };
 *   return runKeyed(tx, call, async () => new Uint8Array([1]));
 * }
 * ```
 */
export async function runKeyed<S extends Schema>(
  tx: StoreTransaction<S>,
  { id, requestHash }: KeyedCall,
  work: () => Promise<Uint8Array>,
): Promise<KeyedResult> {
  // Another process may run the same call: its lock ends with its transaction, also if the process is killed.
  const lock = sql`select pg_try_advisory_xact_lock(${lockOf(id)}::bigint) as "isFree"`;
  const [locked] = (await tx.execute<{ isFree: boolean }>(lock)).rows;
  const [earlier] = await tx.select().from(keyedResults).where(eq(keyedResults.id, id));
  if (earlier && earlier.createdAt >= oldest()) {
    if (earlier.requestHash !== requestHash) throw new KeyedCallError("conflict");
    return { status: "replayed", response: earlier.response };
  }
  if (!locked?.isFree) throw new KeyedCallError("running");
  const response = await work();
  const row = { requestHash, response, createdAt: sql`now()` };
  await tx
    .insert(keyedResults)
    .values({ id, ...row })
    .onConflictDoUpdate({ target: keyedResults.id, set: row });
  return { status: "stored", response };
}

/**
 * Deletes the results that are older than a day, a thousand at a time.
 *
 * @example
 * ```ts
 * import { deleteOldResults } from "@mesh/store";
 *
 * await deleteOldResults({ execute: async () => ({ rowCount: 0 }) }); // `db` of a store
 * ```
 */
export async function deleteOldResults(
  db: { execute(statement: SQL): Promise<{ readonly rowCount: number | null }> },
  now: number = Date.now(),
): Promise<void> {
  const old = lt(keyedResults.createdAt, new Date(now - keyedResultsMs));
  const some = sql`array(select ctid from ${keyedResults} where ${old} limit 1000)`;
  let deleted: number | null;
  do {
    deleted = (await db.execute(sql`delete from ${keyedResults} where ctid = any(${some})`)).rowCount;
  } while (deleted === 1_000);
}

function oldest(): Date {
  return new Date(Date.now() - keyedResultsMs);
}

/** Returns the number of the advisory lock of a key, as text. */
function lockOf(id: string): string {
  return createHash("sha256").update(`mesh keyed call ${id}`).digest().readBigInt64BE().toString();
}
