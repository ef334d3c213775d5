import { createDatabase, startPostgres } from "@mesh/dev";
import { type FragileServer, openFragile } from "./outage.ts";

/** A PostgreSQL for one test. */
export interface TestPostgres extends FragileServer {
  /** The URL of the administrator. `url` is that of the owner of an empty database. */
  readonly adminUrl: string;
}

/**
 * Starts a PostgreSQL that a test may stop. This takes a second, so use `testDatabase` for tests without an outage.
 *
 * @param host the address to listen on
 */
export async function testPostgres(host?: string): Promise<TestPostgres> {
  const server = await openFragile((options) => startPostgres({ ...options, host, durable: false }));
  return { ...server, adminUrl: server.url, url: await createDatabase(server.url, "test") };
}
