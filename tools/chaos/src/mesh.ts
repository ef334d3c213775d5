import { join } from "node:path";
import { createBundler, findApps } from "@mesh/dev";
import type { MeshApp } from "@mesh/testing";
import { buildApps, root } from "@mesh/testing/build";
import { openMesh, type RunningMesh } from "@mesh/testing/mesh";
import type { Breakage } from "./breakages.ts";
import { CrashPoints } from "./faults/crash-points.ts";
import { openNetworks, type ProcessNetworks, throughNetworks } from "./networks.ts";

/** A mesh that faults are injected into. */
export interface ChaosMesh {
  readonly mesh: RunningMesh;
  readonly points: CrashPoints;
  /** By the name of the process. */
  readonly networks: ReadonlyMap<string, ProcessNetworks>;
  /** The processes that were killed during their first migration. */
  readonly killedInMigration: readonly string[];
  close(): Promise<void>;
}

export interface ChaosMeshOptions {
  readonly replicas: number;
  /** The processes that are killed while they migrate for the first time. */
  readonly killInMigration: readonly string[];
  /** The number of servers of NATS; undefined: one, without a cluster. */
  readonly natsServers: number | undefined;
  readonly breakage: Breakage;
  readonly env: Readonly<Record<string, string>>;
}

/** A service that records what it handles. It is no part of the shop. */
const ledger = {
  name: "ledger",
  folder: join(root, "tools/chaos/ledger"),
  dist: join(root, "tools/chaos/ledger/dist"),
  kind: "service",
  services: [{ name: "ledger", slug: "ledger" }],
} as const;

/** Builds the services of the shop, and the ledger. @throws Error with the errors of one that does not compile */
export async function buildAll(): Promise<void> {
  await buildApps();
  const { errors } = await createBundler(root, ledger.folder).build();
  if (errors.length > 0) throw new Error(`the ledger does not compile:\n${errors.join("\n")}`);
}

/** Starts the shop and the ledger, with a network between each process and its servers. */
export async function openChaosMesh(options: ChaosMeshOptions): Promise<ChaosMesh> {
  const { replicas, killInMigration, natsServers, breakage, env } = options;
  const apps = [...(await findApps(root)).filter(({ kind }) => kind !== "web"), ledger].map(({ name }) => name);
  const names = apps.flatMap((name) => {
    return replicas === 1 ? [name] : Array.from({ length: replicas }, (_, at) => `${name}-${at + 1}`);
  });
  const networks = new Map<string, ProcessNetworks>();
  const killedInMigration: string[] = [];
  const started = new Map<string, MeshApp>();
  const points = new CrashPoints((name) => {
    const pid = started.get(name)?.pid;
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  });
  const running: { mesh?: RunningMesh } = {};
  const mesh = await openMesh({
    apps: [ledger],
    env,
    registry: true,
    replicas: Object.fromEntries(apps.map((name) => [name, replicas])),
    ...(natsServers && { natsServers }),
    async onServers(servers) {
      for (const name of names) {
        const databaseUrl = () => running.mesh?.databaseUrlOf(name.replace(/-\d+$/, ""));
        networks.set(name, await openNetworks({ name, servers, points, breakage, databaseUrl }));
      }
    },
    environmentOf(name, own) {
      const through = networks.get(name);
      return through ? throughNetworks(own, through) : own;
    },
    async startFirst(name, app) {
      started.set(name, app);
      if (!killInMigration.includes(name)) return app.start();
      const { isRunning, isKilled } = await startToMigrate(name, app, points);
      if (isKilled) killedInMigration.push(name);
      if (!isRunning) await app.start();
    },
  });
  running.mesh = mesh;
  async function close(): Promise<void> {
    await mesh.close();
    await Promise.all([...networks.values()].map((own) => own[Symbol.asyncDispose]()));
  }
  return { mesh, points, networks, killedInMigration, close };
}

/** Starts a process that is killed while it migrates. It runs if it did not have to migrate, as another process did. */
async function startToMigrate(name: string, app: MeshApp, points: CrashPoints) {
  const isStarted = new AbortController();
  const killed = points.arm(name, "during migration", isStarted.signal);
  const isRunning = await app.start().then(
    () => true,
    () => false,
  );
  isStarted.abort();
  return { isRunning, isKilled: await killed };
}
