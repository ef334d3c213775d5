import { randomUUID } from "node:crypto";
import { createDatabase, dropDatabase, findApps, freePort, hasDatabase } from "@mesh/dev";
import { inject } from "vitest";
import { type AppOptions, type MeshApp, openApp, runSeed } from "./app.ts";
import { root } from "./build.ts";
import type {} from "./global-setup.ts";
import { testNats } from "./nats.ts";
import type { FragileServer } from "./outage.ts";
import { type TestPostgres, testPostgres } from "./postgres.ts";

/** A whole mesh: every service and the gateway as processes of their own, on servers of their own. */
export interface RunningMesh {
  readonly gatewayUrl: string;
  readonly nats: FragileServer;
  /** Only with `ownPostgres`. */
  readonly postgres: TestPostgres | undefined;
  /** The processes by their folders' names: `orders`, `gateway`. */
  readonly apps: Readonly<Record<string, MeshApp>>;
  /** `host:port` of a service's gRPC server. */
  addressOf(name: string): string;
  /** Ends every process and removes all data. */
  close(): Promise<void>;
}

/** What mesh a test wants. */
export interface MeshOptions {
  /** The repository whose mesh it is, built. Default: this one. */
  readonly root?: string;
  /** Fills the shop with the example products. Default: no. */
  readonly seed?: boolean;
  /** A PostgreSQL of its own, which may be stopped, in place of the one that the run shares. Default: no. */
  readonly ownPostgres?: boolean;
  /** Settings of every process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a mesh, and waits until every process is ready. */
export async function startMesh(options: MeshOptions = {}): Promise<RunningMesh> {
  const found = (await findApps(options.root ?? root)).filter((app) => app.kind !== "web");
  const ports = new Map(await Promise.all(found.map(async ({ name }) => [name, await freePort()] as const)));
  const addressOf = (name: string) => `127.0.0.1:${ports.get(name)}`;
  const nats = await testNats();
  const postgres = options.ownPostgres ? await testPostgres() : undefined;
  const adminUrl = postgres?.adminUrl ?? inject("postgresUrl");
  const suffix = randomUUID().slice(0, 8);
  const databases = new Map(found.filter(hasDatabase).map(({ name }) => [name, `mesh_${suffix}_${name}`]));
  const shared: AppOptions["env"] = {
    NATS_URL: nats.url,
    MESH_PEERS: found
      .filter(({ kind }) => kind === "service")
      .map(({ name }) => `${name}=${addressOf(name)}`)
      .join(","),
    COOKIE_SECRET: randomUUID() + randomUUID(),
    SHUTDOWN_MS: "1000",
    ...options.env,
  };
  const apps = await Promise.all(
    found.map(async ({ name, folder }) => {
      const database = databases.get(name);
      const DATABASE_URL = database ? await createDatabase(adminUrl, database) : "";
      return [
        name,
        openApp({ name, folder, env: { ...shared, DATABASE_URL, PORT: String(ports.get(name)) } }),
      ] as const;
    }),
  );

  async function close(): Promise<void> {
    await Promise.all(apps.map(([, app]) => app.kill("SIGTERM")));
    if (!postgres) await Promise.all([...databases.values()].map((name) => dropDatabase(adminUrl, name)));
    await postgres?.[Symbol.asyncDispose]();
    await nats[Symbol.asyncDispose]();
  }

  try {
    await Promise.all(apps.map(([, app]) => app.start()));
    if (options.seed) await runSeed("services/catalog", shared);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    gatewayUrl: `http://${addressOf("gateway")}`,
    nats,
    postgres,
    apps: Object.fromEntries(apps),
    addressOf,
    close,
  };
}
