import { randomUUID } from "node:crypto";
import { createDatabase, dropDatabase } from "@mesh/dev";
import { inject } from "vitest";
import type {} from "./global-setup.ts";

/** An empty database for one test. */
export interface TestDatabase extends AsyncDisposable {
  /** The URL of its owner, who may do anything in it and nothing elsewhere. */
  readonly url: string;
}

/** Makes an empty database on the run's PostgreSQL; disposing of it removes it, with the sessions still in it. */
export async function testDatabase(): Promise<TestDatabase> {
  const adminUrl = inject("postgresUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const url = await createDatabase(adminUrl, name);
  return { url, [Symbol.asyncDispose]: () => dropDatabase(adminUrl, name) };
}
