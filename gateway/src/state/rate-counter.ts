import type { Rate } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import { type SQL, sql } from "drizzle-orm";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { metering } from "../telemetry/instruments.ts";
import type { GatewayDatabase } from "./database.ts";

/** Counts calls in windows of time. */
export interface RateCounter {
  /** Counts a call of a key. While the database does not respond, it counts in this process only. Never rejects. */
  count(key: string, rate: Rate): Promise<Counted>;
}

/** The state of a window after a call was counted. */
export interface Counted {
  /** Whether the window had no room for the call. */
  readonly isOver: boolean;
  /** The calls that are still possible. */
  readonly remaining: number;
  /** The time until the window ends, in milliseconds. */
  readonly resetMs: number;
}

/** The counters of windows of one size. */
interface Counters {
  readonly memory: RateLimiterMemory;
  /** Undefined: the gateway has no database. */
  readonly shared: RateLimiterPostgres | undefined;
}

/** For this long after a failure, the database is not asked again, except by one call. In milliseconds. */
const pauseMs = 1_000;

/** Options of a rate counter. */
export interface RateCounterOptions {
  readonly log: Logger;
  /** The longest wait for the database, in milliseconds. */
  readonly timeoutMs: number;
}

/** Counts in the database, exactly and for all gateways that share it; without one, in the memory of this process. */
export function createRateCounter(
  database: GatewayDatabase | undefined,
  { log, timeoutMs }: RateCounterOptions,
): RateCounter {
  const countersOf = new Map<string, Counters>();
  const client = database && clientOf(database, timeoutMs);
  let [isFailing, askAgainAt] = [false, 0];

  function counters({ count: points, seconds: duration }: Rate): Counters {
    const size = `${points} in ${duration}`;
    const known = countersOf.get(size);
    if (known) return known;
    const options = { points, duration, keyPrefix: "" };
    const made = { memory: new RateLimiterMemory(options), shared: client && sharedLimiter(client, options) };
    countersOf.set(size, made);
    return made;
  }

  async function countShared(limiter: RateLimiterPostgres, key: string): Promise<Counted | undefined> {
    if (Date.now() < askAgainAt) return undefined;
    // If it fails again, the calls that arrive meanwhile have not waited for it.
    if (isFailing) askAgainAt = Date.now() + pauseMs;
    try {
      const counted = await consume(limiter, key);
      if (isFailing) log.info("rate limits are counted in the database again");
      [isFailing, askAgainAt] = [false, 0];
      return counted;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, "rate limits are counted in this process only: the database failed");
      [isFailing, askAgainAt] = [true, Date.now() + pauseMs];
      return undefined;
    }
  }

  return {
    async count(key, rate) {
      const { shared, memory } = counters(rate);
      const counted = shared && (await countShared(shared, key));
      if (counted) return counted;
      if (shared) metering.instruments?.unsharedCounts.add(1);
      return consume(memory, key);
    },
  };
}

type Client = ReturnType<typeof clientOf>;

function sharedLimiter(storeClient: Client, options: { points: number; duration: number; keyPrefix: string }) {
  return new RateLimiterPostgres({
    ...options,
    storeClient,
    storeType: "pool",
    tableName: "rate_limits",
    tableCreated: true,
    clearExpiredByTimeout: false,
    // A caller above its limit costs no statements until its window ends.
    inMemoryBlockOnConsumed: options.points,
  });
}

async function consume(limiter: RateLimiterMemory | RateLimiterPostgres, key: string): Promise<Counted> {
  try {
    return countedOf(await limiter.consume(key), false);
  } catch (error) {
    if (error instanceof RateLimiterRes) return countedOf(error, true);
    throw error;
  }
}

function countedOf({ remainingPoints, msBeforeNext }: RateLimiterRes, isOver: boolean): Counted {
  return { isOver, remaining: remainingPoints, resetMs: msBeforeNext };
}

/** Runs the statements of the library on the database, within the limit of time. */
function clientOf(database: GatewayDatabase, timeoutMs: number) {
  return {
    async query({ text, values }: { readonly text: string; readonly values: readonly unknown[] }) {
      const deadline = Date.now() + timeoutMs;
      const store = await database.store(timeoutMs);
      return store.bind({ signal: AbortSignal.timeout(timeoutMs), deadline }).execute(statementOf(text, values));
    },
  };
}

/** Returns a statement with placeholders, `$1`, as Drizzle takes it. */
function statementOf(text: string, values: readonly unknown[]): SQL {
  const parts = text.split(/\$(\d+)/);
  return sql.join(parts.map((part, at) => (at % 2 === 0 ? sql.raw(part) : sql`${values[Number(part) - 1]}`)));
}
