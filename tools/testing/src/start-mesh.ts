import { inject } from "vitest";
import type {} from "./global-setup.ts";
import { type MeshOptions, openMesh, type RunningMesh } from "./mesh.ts";

/** Settings of a mesh in a test. */
export interface StartMeshOptions extends MeshOptions {
  /** Whether to start a PostgreSQL that the test may stop, instead of using the shared one. Default: no. */
  readonly ownPostgres?: boolean;
  /** The administrator's URL of another PostgreSQL to use. */
  readonly postgresUrl?: string;
}

/** Starts a mesh, and waits until every process is ready. */
export function startMesh({ ownPostgres, postgresUrl, ...options }: StartMeshOptions = {}): Promise<RunningMesh> {
  return openMesh(options, ownPostgres ? undefined : (postgresUrl ?? inject("postgresUrl")));
}
