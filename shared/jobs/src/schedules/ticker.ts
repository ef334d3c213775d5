import { type Logger, openScope, repeat } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type Store, type StoreTransaction } from "@mesh/store";
import { and, asc, eq, inArray, isNull, lte, not, notInArray, or, sql } from "drizzle-orm";
import type { Transact } from "../attempt.ts";
import type { Enqueuing } from "../enqueue.ts";
import { readPrincipal } from "../stored-job.ts";
import { schedules } from "../tables.ts";
import { observeTick } from "../telemetry/observe-tick.ts";
import type { Declared } from "./declared.ts";
import { startTarget } from "./target.ts";
import { nextAfter } from "./timing.ts";

/** Options of a ticker. */
export interface TickerOptions<Tx> {
  readonly store: Store<Schema>;
  /** What the code of this process lists. */
  readonly declared: Pick<Declared, "names">;
  /** The name of the service, for which schedules without a principal are. */
  readonly service: string;
  readonly transact: Transact<Tx>;
  readonly log: Logger;
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

/** The longest that a schedule may take to start what it starts, in milliseconds. */
const tickTimeoutMs = 10_000;

/** How long a schedule that failed waits, so that the others have their turn, in milliseconds. */
const failedMs = 10_000;

/** Starts what is due until the signal aborts. Each row is locked, so of several processes one does it, and none twice. */
export async function runTicker<Tx extends StoreTransaction<Schema>>(options: TickerOptions<Tx>): Promise<void> {
  const { signal, pollMs, log } = options;
  const failed = new Map<string, number>();
  const step = async () => {
    for (const [name, until] of failed) if (until < Date.now()) failed.delete(name);
    while (!signal.aborted && (await isAnyDue(options, [...failed.keys()]))) {
      if (!(await tick(options, failed))) return;
    }
  };
  const onFailure = (err: unknown, failures: number) => {
    if (failures === 1 && !isStoreUnavailable(err)) log.warn({ err }, "schedules wait: the database failed");
  };
  await repeat(step, { signal, intervalMs: pollMs, onFailure });
}

async function isAnyDue<Tx>({ store, declared }: TickerOptions<Tx>, except: string[]): Promise<boolean> {
  const query = store.db.select({ name: schedules.name }).from(schedules);
  return (await query.where(isDue(declared, except)).limit(1)).length > 0;
}

/** A process of another version starts what only that lists. */
function isDue({ names }: Pick<Declared, "names">, except: string[] = []) {
  const isOwn = or(not(schedules.isDeclared), inArray(schedules.name, [...names]));
  const isOther = except.length > 0 ? notInArray(schedules.name, except) : undefined;
  return and(isNull(schedules.pausedAt), lte(schedules.nextAt, sql`now()`), isOwn, isOther);
}

/** Starts the one that has been due the longest. Returns whether there was one that no other process has. */
async function tick<Tx extends StoreTransaction<Schema>>(
  { store, declared, service, transact, log, signal }: TickerOptions<Tx>,
  failed: Map<string, number>,
): Promise<boolean> {
  let name: string | undefined;
  const open = (principal = { kind: "service", id: service } as const) =>
    openScope({ signal, timeoutMs: tickTimeoutMs, log, principal });
  try {
    const query = store.db.select({ name: schedules.name, principal: schedules.principal }).from(schedules);
    const [next] = await query
      .where(isDue(declared, [...failed.keys()]))
      .orderBy(asc(schedules.nextAt))
      .limit(1);
    if (!next) return false;
    name = next.name;
    const isWanted = eq(schedules.name, next.name);
    await observeTick(name, async (trace) => {
      const scope = next.principal ? { ...open(), principal: readPrincipal(next.principal) } : open();
      await transact(trace ? { ...scope, trace } : scope, async (tx) => {
        const lock = tx
          .select()
          .from(schedules)
          .where(and(isDue(declared), isWanted));
        const [row] = await lock.for("update", { skipLocked: true });
        if (!row) return;
        // `transact` lets the transaction enqueue, and publish if the service can.
        await startTarget(tx as unknown as Enqueuing, row.target, row.payload);
        const nextAt = nextAfter(row.timing, row.nextAt, new Date());
        if (nextAt) await tx.update(schedules).set({ nextAt, lastAt: row.nextAt }).where(isWanted);
        else await tx.delete(schedules).where(isWanted);
      });
    });
    return true;
  } catch (err) {
    if (name === undefined || isStoreUnavailable(err)) throw err;
    failed.set(name, Date.now() + failedMs);
    log.error({ schedule: name, err }, "a schedule failed; trying again");
    return true;
  }
}
