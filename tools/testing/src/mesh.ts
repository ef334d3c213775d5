import { randomUUID } from "node:crypto";
import {
  type App,
  createDatabases,
  databasesOf,
  dropDatabase,
  findApps,
  freePort,
  meshNames,
  peerList,
} from "@mesh/dev";
import type { Identity } from "@mesh/rpc";
import { inject } from "vitest";
import { type AppOptions, type MeshApp, openApp, runSeed } from "./app.ts";
import { root } from "./build.ts";
import { testCertificates } from "./certificates.ts";
import type {} from "./global-setup.ts";
import { testNats } from "./nats.ts";
import type { FragileServer } from "./outage.ts";
import { type TestPostgres, testPostgres } from "./postgres.ts";

/** A whole mesh: every service and the gateway as processes, with their own NATS and databases. */
export interface RunningMesh {
  readonly gatewayUrl: string;
  readonly nats: FragileServer;
  /** Only with `ownPostgres`. */
  readonly postgres: TestPostgres | undefined;
  /** The processes by folder name: `orders`, `gateway`. */
  readonly apps: Readonly<Record<string, MeshApp>>;
  /** The developer's identity, which may call every service. */
  readonly credentials: Identity;
  /** The folder of the developer's certificate. */
  readonly developerDir: string;
  /** Makes new certificates for all processes, which use them within seconds. */
  renewCertificates(): Promise<void>;
  /** Returns `host:port` of a service's gRPC server. */
  addressOf(name: string): string;
  /** Ends every process and removes all data. */
  close(): Promise<void>;
}

/** Settings of a mesh under test. */
export interface MeshOptions {
  /** A repository whose apps are built. Default: this one. */
  readonly root?: string;
  /** Whether to add the example products. Default: no. */
  readonly seed?: boolean;
  /** Whether to start a PostgreSQL that the test may stop, instead of using the shared one. Default: no. */
  readonly ownPostgres?: boolean;
  /** Settings of every process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a mesh, and waits until every process is ready. */
export async function startMesh(options: MeshOptions = {}): Promise<RunningMesh> {
  const found = (await findApps(options.root ?? root)).filter((app) => app.kind !== "web");
  const ports = new Map(await Promise.all(found.map(async ({ name }) => [name, await freePort()] as const)));
  const addressOf = (name: string) => `127.0.0.1:${ports.get(name)}`;
  const certificates = await testCertificates();
  const tlsDirs = new Map(
    await Promise.all(
      found.map(async (app) => [app.name, await certificates.provide(app.name, meshNames(app))] as const),
    ),
  );
  const nats = await testNats();
  const postgres = options.ownPostgres ? await testPostgres() : undefined;
  const databases = await openDatabases(postgres?.adminUrl ?? inject("postgresUrl"), found);
  const shared: AppOptions["env"] = {
    NATS_URL: nats.url,
    MESH_PEERS: peerList(found, ({ name }) => addressOf(name)),
    COOKIE_SECRET: randomUUID() + randomUUID(),
    SHUTDOWN_MS: "1000",
    ...options.env,
  };
  const apps = found.map(({ name, folder }) => {
    const env = {
      ...shared,
      ...databases.urls.get(name),
      PORT: String(ports.get(name)),
      MESH_TLS_DIR: tlsDirs.get(name) ?? "",
    };
    return [name, openApp({ name, folder, env })] as const;
  });

  async function close(): Promise<void> {
    await Promise.all(apps.map(([, app]) => app.kill("SIGTERM")));
    if (!postgres) await databases.drop();
    await postgres?.[Symbol.asyncDispose]();
    await nats[Symbol.asyncDispose]();
    await certificates[Symbol.asyncDispose]();
  }

  try {
    await Promise.all(apps.map(([, app]) => app.start()));
    if (options.seed) await runSeed("services/catalog", { ...shared, MESH_TLS_DIR: certificates.developerDir });
  } catch (error) {
    await close();
    throw error;
  }
  const gatewayUrl = `http://${addressOf("gateway")}`;
  const { credentials, developerDir, renew: renewCertificates } = certificates;
  return {
    gatewayUrl,
    nats,
    postgres,
    apps: Object.fromEntries(apps),
    credentials,
    developerDir,
    renewCertificates,
    addressOf,
    close,
  };
}

/** Creates the databases of each app. Returns their URLs by variable, by app name. */
async function openDatabases(adminUrl: string, apps: readonly App[]) {
  const prefix = `mesh_${randomUUID().slice(0, 8)}`;
  const urls = await Promise.all(
    apps.map(async (app) => [app.name, await createDatabases(adminUrl, databasesOf(app, prefix))] as const),
  );
  const names = apps.flatMap((app) => databasesOf(app, prefix)).map(({ name }) => name);
  return {
    urls: new Map(urls),
    drop: async () => void (await Promise.all(names.map((name) => dropDatabase(adminUrl, name)))),
  };
}
