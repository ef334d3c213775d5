import { randomUUID } from "node:crypto";
import { createDatabase, dropDatabase } from "@mesh/dev";
import { inject } from "vitest";
import type {} from "./global-setup.ts";

/** An empty database for one test. */
export interface TestDatabase extends AsyncDisposable {
  /** The URL of its owner, which has all rights in it, and none in other databases. */
  readonly url: string;
}

/** Creates an empty database on the PostgreSQL of the run. Disposing of it drops it, with its open sessions. */
export async function testDatabase(): Promise<TestDatabase> {
  const adminUrl = inject("postgresUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const url = await createDatabase(adminUrl, name);
  return { url, [Symbol.asyncDispose]: () => dropDatabase(adminUrl, name) };
}
