import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepFolder, startPostgres } from "@mesh/dev";
import type { TestProject } from "vitest/node";
import { buildApps } from "./build.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The administrator's URL of the PostgreSQL that all tests of a run share. */
    postgresUrl: string;
  }
}

/** Builds the apps and starts one PostgreSQL for a run of tests. Its folder is removed even if the run is killed. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), "mesh-test-"));
  const spare = keepFolder(dir);
  const [postgres] = await Promise.all([startPostgres({ dir, durable: false }), buildApps()]);
  project.provide("postgresUrl", postgres.url);
  return async () => {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
    spare();
  };
}
