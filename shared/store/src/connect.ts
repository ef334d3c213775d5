import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, type Logger } from "@mesh/runtime";
import pg from "pg";
import { storeFailure } from "./failure.ts";

/** Wrong password or role, unknown database: no wait mends these. */
const hopeless = /^(28|3D)/;

/** How long to wait for PostgreSQL. */
export interface PatienceOptions {
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * Opens one connection, trying again until PostgreSQL answers.
 *
 * @throws StoreError where PostgreSQL refuses the account or the database
 * @throws MeshError UNAVAILABLE when the signal aborts first
 */
export async function connectPatiently(config: pg.ClientConfig, options: PatienceOptions): Promise<pg.Client> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connect(config);
    } catch (error) {
      if (options.signal.aborted || isHopeless(error)) throw storeFailure(error);
      if (attempt === 3) options.log.warn({ reason: reasonOf(error) }, "waiting for the database");
      await sleep(backoffMs(attempt, { maxMs: 2_000 }), undefined, { signal: options.signal }).catch(() => {});
    }
  }
}

async function connect(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  // A connection that is lost between two statements reports it here; the next statement fails anyway.
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    void client.end().catch(() => {});
    throw error;
  }
}

function isHopeless(error: unknown): boolean {
  return error instanceof pg.DatabaseError && hopeless.test(error.code ?? "");
}

/** What went wrong, in words: an error of several addresses has no message of its own. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ("code" in error ? String(error.code) : error.name);
}
