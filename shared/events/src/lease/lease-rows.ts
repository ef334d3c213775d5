import { notify, type Schema, type Store, type StoreTransaction } from "@mesh/store";
import { and, eq, gt, inArray, lt, sql } from "drizzle-orm";
import { consumerLeases, consumerProcesses } from "../tables.ts";
import type { Candidate } from "./choose.ts";
import { type Lease, type LeaseTerms, lockOf, type Place } from "./lease.ts";

/** The channel by which a process reports that it has released a lease. */
export const leaseChannel = "mesh_consumers";

/** The longest that a takeover waits for the transactions of the holder before, in milliseconds. Then it ends them. */
const waitMs = 1_000;

/** The time after which a process that has ended is forgotten, in seconds. */
const forgetSeconds = 60;

/** A lease, as all processes see it. */
export interface LeaseState {
  readonly consumer: string;
  readonly holder: string | null;
  readonly epoch: number;
}

/** Reports that a process is alive. @param ttlMs how long the others believe it */
export async function reportAlive<S extends Schema>(
  { db }: Store<S>,
  { id, consumers }: Candidate,
  ttlMs: number,
): Promise<void> {
  const expiresAt = sql`now() + ${ttlMs} * interval '1 millisecond'`;
  const row = { consumers: [...consumers], expiresAt };
  await db
    .insert(consumerProcesses)
    .values({ id, ...row })
    .onConflictDoUpdate({ target: consumerProcesses.id, set: row });
}

/** Forgets a process, so that the others need not wait until it expires. */
export async function reportEnd<S extends Schema>(store: Store<S>, id: string): Promise<void> {
  const old = sql`now() - ${forgetSeconds} * interval '1 second'`;
  await store.transaction(async (tx) => {
    await tx.delete(consumerProcesses).where(eq(consumerProcesses.id, id));
    await tx.delete(consumerProcesses).where(lt(consumerProcesses.expiresAt, old));
    await notify(tx, leaseChannel);
  });
}

/** Returns the processes that are alive. */
export async function liveProcesses<S extends Schema>({ db }: Store<S>): Promise<Candidate[]> {
  const isAlive = gt(consumerProcesses.expiresAt, sql`now()`);
  const { id, consumers } = consumerProcesses;
  return db.select({ id, consumers }).from(consumerProcesses).where(isAlive);
}

/** Returns the leases of consumers. Those that no process has held yet are left out. */
export async function leasesOf<S extends Schema>(
  { db }: Store<S>,
  consumers: readonly string[],
): Promise<LeaseState[]> {
  const { consumer, holder, epoch } = consumerLeases;
  const isWanted = inArray(consumerLeases.consumer, [...consumers]);
  return db.select({ consumer, holder, epoch }).from(consumerLeases).where(isWanted);
}

/**
 * Takes a lease, unless another process has taken it meanwhile, and waits until no transaction of its holder before is open.
 *
 * @param seenEpoch the epoch of the lease that was read; 0: there was none
 * @returns undefined if another process was faster
 */
export async function takeLease<S extends Schema>(
  store: Store<S>,
  process: string,
  { consumer, epoch: seenEpoch }: Pick<LeaseState, "consumer" | "epoch">,
): Promise<LeaseTerms | undefined> {
  const wasReleased = sql`${consumerLeases.holder} is null or ${consumerLeases.holder} = ${process}`;
  const taken = await store.db
    .insert(consumerLeases)
    .values({ consumer, holder: process, epoch: 1 })
    .onConflictDoUpdate({
      target: consumerLeases.consumer,
      set: {
        holder: process,
        epoch: sql`${consumerLeases.epoch} + 1`,
        crashes: sql`case when ${wasReleased} then ${consumerLeases.crashes} else ${consumerLeases.crashes} + 1 end`,
      },
      setWhere: eq(consumerLeases.epoch, seenEpoch),
    })
    .returning();
  const [row] = taken;
  if (!row) return undefined;
  await endTransactions(store, consumer);
  return { ...row, stream: row.stream ?? undefined };
}

/** Waits until no transaction of an earlier holder is open. Ends one that stays open, as that of a process that is stopped does. */
async function endTransactions<S extends Schema>(store: Store<S>, consumer: string): Promise<void> {
  const key = BigInt.asUintN(64, BigInt(lockOf(consumer)));
  const [high, low] = [key >> 32n, key & 0xffffffffn];
  const wait = (tx: StoreTransaction<S>) => tx.execute(sql`select pg_advisory_xact_lock(${lockOf(consumer)}::bigint)`);
  const limited = store.transaction(async (tx) => {
    await tx.execute(sql.raw(`set local lock_timeout = ${waitMs}`));
    await wait(tx);
  });
  await limited.catch(async () => {
    // PostgreSQL lets a role end its own sessions.
    await store.db.execute(sql`
      select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and granted and objsubid = 1 and pid <> pg_backend_pid()
        and database = (select oid from pg_database where datname = current_database())
        and classid::bigint = ${high.toString()}::bigint and objid::bigint = ${low.toString()}::bigint`);
    await store.transaction(wait);
  });
}

/** Stores how far a holder is. @returns false if it has lost the lease */
export async function savePlace<S extends Schema>({ db }: Store<S>, lease: Lease, place: Place): Promise<boolean> {
  const { handedTo, crashes } = lease.terms;
  // The events that an earlier holder may have ended with are behind it.
  const isPast = place.position >= handedTo && crashes > 0;
  const values = { stream: place.stream ?? null, position: place.position, ...(isPast && { crashes: 0 }) };
  const { rowCount } = await db.update(consumerLeases).set(values).where(isHeld(lease));
  return (rowCount ?? 0) > 0;
}

/** Stores that events up to a sequence may be handed to handlers. @returns false if the lease is lost */
export async function saveHandedTo<S extends Schema>(
  { db }: Store<S>,
  lease: Lease,
  { stream }: Place,
  handedTo: number,
): Promise<boolean> {
  const values = { stream: stream ?? null, handedTo };
  const { rowCount } = await db.update(consumerLeases).set(values).where(isHeld(lease));
  return (rowCount ?? 0) > 0;
}

/** Releases a lease, so that another process can take it immediately. */
export async function releaseLease<S extends Schema>(store: Store<S>, lease: Lease, place: Place): Promise<void> {
  const { stream, position, settled } = place;
  const values = {
    holder: null,
    stream: stream ?? null,
    position,
    settled: [...settled],
    handedTo: position,
    crashes: 0,
  };
  await store.transaction(async (tx) => {
    await tx.update(consumerLeases).set(values).where(isHeld(lease));
    await notify(tx, leaseChannel);
  });
}

function isHeld({ terms }: Lease) {
  return and(eq(consumerLeases.consumer, terms.consumer), eq(consumerLeases.epoch, terms.epoch));
}
