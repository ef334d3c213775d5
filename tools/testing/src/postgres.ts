import { createDatabase, startPostgres } from "@mesh/dev";
import { type FragileServer, openFragile } from "./outage.ts";

/** A PostgreSQL of a test's own. */
export interface TestPostgres extends FragileServer {
  /** The URL of the administrator; `url` is the one of the owner of an empty database. */
  readonly adminUrl: string;
}

/** Starts a PostgreSQL that a test may stop. It takes a second: use `testDatabase` where no outage is tested. */
export async function testPostgres(): Promise<TestPostgres> {
  const server = await openFragile((options) => startPostgres({ ...options, durable: false }));
  return { ...server, adminUrl: server.url, url: await createDatabase(server.url, "test") };
}
