import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, type Logger } from "@mesh/runtime";
import pg from "pg";
import { storeFailure } from "./failure.ts";

/** The SQL states of a wrong password or role, and of an unknown database. Waiting does not help. */
const permanent = /^(28|3D)/;

/** Options of `connectPatiently`. */
export interface ConnectOptions {
  /** Ends the wait for PostgreSQL. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * Opens one connection. Retries until PostgreSQL responds.
 *
 * @throws StoreError if PostgreSQL rejects the account or the database
 * @throws MeshError UNAVAILABLE if the signal aborts first
 */
export async function connectPatiently(config: pg.ClientConfig, options: ConnectOptions): Promise<pg.Client> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connect(config);
    } catch (error) {
      if (options.signal.aborted || isPermanent(error)) throw storeFailure(error);
      if (attempt === 3) options.log.warn({ reason: reasonOf(error) }, "waiting for the database");
      await sleep(backoffMs(attempt, { maxMs: 2_000 }), undefined, { signal: options.signal }).catch(() => {});
    }
  }
}

async function connect(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  // Emitted if the connection is lost between two statements. The next statement fails anyway.
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    void client.end().catch(() => {});
    throw error;
  }
}

function isPermanent(error: unknown): boolean {
  return error instanceof pg.DatabaseError && permanent.test(error.code ?? "");
}

/** Returns the reason of an error as text. An error of several addresses has a code and no message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ("code" in error ? String(error.code) : error.name);
}
