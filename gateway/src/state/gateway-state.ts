import type { Lifecycle, Logger } from "@mesh/runtime";
import type { Limits } from "../limits/limits.ts";
import { startCleanup } from "./cleanup.ts";
import type { GatewayDatabase } from "./database.ts";
import type { KeyedResults } from "./keyed-results.ts";
import { createMemoryResults } from "./memory-results.ts";
import { createRateCounter, type RateCounter } from "./rate-counter.ts";
import { createSharedResults } from "./shared-results.ts";

/** What a gateway keeps between calls. Gateways with the same database share it. */
export interface GatewayState {
  /** The gateway's own database; undefined: it has none, and its state is in the memory of this process. */
  readonly database: GatewayDatabase | undefined;
  /** Counts calls for rate limits. */
  readonly rates: RateCounter;
  /** Keeps the results of idempotency keys, for services that have no store. */
  readonly results: KeyedResults;
}

/** Opens the state of a gateway. */
export function openState(
  database: GatewayDatabase | undefined,
  { life, log, limits }: { readonly life: Lifecycle; readonly log: Logger; readonly limits: Limits },
): GatewayState {
  if (database) startCleanup(database, { life, log });
  const results = database ? createSharedResults(database, log) : createMemoryResults();
  const rates = createRateCounter(database, { log, timeoutMs: limits.countTimeoutMs });
  return { database, rates, results };
}
