import { join } from "node:path";
import { createBundler, findApps } from "@mesh/dev";
import { buildApps, root } from "@mesh/testing/build";
import { openMesh, type RunningMesh } from "@mesh/testing/mesh";
import { type TestNetwork, testNetwork } from "@mesh/testing/network";
import { openSql, type SqlConnection } from "@mesh/testing/sql";
import type { Breakage } from "./breakages.ts";
import { CrashPoints } from "./faults/crash-points.ts";
import type { Diversion } from "./wire/diversion.ts";
import { natsTap } from "./wire/nats.ts";
import { type Changes, postgresTap } from "./wire/postgres.ts";

/** The networks of a process, each of which can be cut and slowed. */
export interface ProcessNetworks {
  readonly nats: TestNetwork;
  readonly postgres: TestNetwork;
  /** Through which others call it. */
  readonly calls: TestNetwork;
}

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
export async function openChaosMesh({
  replicas,
  killInMigration,
  breakage,
  env,
}: ChaosMeshOptions): Promise<ChaosMesh> {
  const apps = [...(await findApps(root)).filter(({ kind }) => kind !== "web"), ledger];
  const counts = Object.fromEntries(apps.map(({ name }) => [name, replicas]));
  const names = apps.flatMap(({ name }) =>
    replicas === 1 ? [name] : Array.from({ length: replicas }, (_, at) => `${name}-${at + 1}`),
  );
  const networks = new Map<string, ProcessNetworks>();
  const killedInMigration: string[] = [];
  const running: { mesh?: RunningMesh } = {};
  const pids = new Map<string, () => number | undefined>();
  const points = new CrashPoints((name) => {
    const pid = pids.get(name)?.();
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  });
  const others = new Map<string, Promise<SqlConnection>>();
  const changesFor = (name: string): Changes => {
    const { statement: rewrite, isDiverted } = breakage;
    const urlOf = () => running.mesh?.databaseUrlOf(name.replace(/-\d+$/, "")) ?? "";
    const open = () => others.get(name) ?? others.set(name, openSql(urlOf())).get(name);
    const run: Diversion["run"] = async (text, values) => void (await (await open())?.run(text, values));
    return {
      rewrite,
      ...(isDiverted && { diversion: { matches: (text) => !!running.mesh && isDiverted(text), run } }),
    };
  };
  running.mesh = await openMesh({
    apps: [ledger],
    env,
    registry: true,
    replicas: counts,
    async onServers({ nats, postgres }) {
      for (const name of names) {
        const onAck = { acknowledged: () => void points.reach(name, "after ack") };
        const toNats = await testNetwork(nats, natsTap(onAck, breakage.operation));
        const toPostgres = await testNetwork(
          postgres,
          postgresTap(() => points.watch(name), changesFor(name)),
        );
        // It leads to the process once that has a port.
        const calls = await testNetwork("http://127.0.0.1:1");
        networks.set(name, { nats: toNats, postgres: toPostgres, calls });
      }
    },
    environmentOf: (name, own) => throughNetworks(own, networks.get(name)),
    async startFirst(name, app) {
      pids.set(name, () => app.pid);
      if (killInMigration.includes(name)) {
        const started = new AbortController();
        const killed = points.arm(name, "during migration", started.signal);
        await app.start().catch(() => {});
        started.abort();
        if (!(await killed)) return;
        killedInMigration.push(name);
      }
      await app.start();
    },
  });
  const { mesh } = running;
  return {
    mesh,
    points,
    networks,
    killedInMigration,
    async close() {
      for (const other of others.values()) await (await other)[Symbol.asyncDispose]();
      await mesh.close();
      for (const own of networks.values()) {
        await Promise.all(Object.values(own).map((network: TestNetwork) => network[Symbol.asyncDispose]()));
      }
    },
  };
}

/** Makes the URLs of servers lead through the networks of a process. */
function throughNetworks(env: Readonly<Record<string, string>>, networks: ProcessNetworks | undefined) {
  if (!networks) return env;
  networks.calls.redirect(`http://127.0.0.1:${env.PORT}`);
  const changed = Object.entries(env).map(([name, value]) => {
    if (name === "NATS_URL") return [name, withPort(value, networks.nats.url)];
    return [name, name.endsWith("DATABASE_URL") ? withPort(value, networks.postgres.url) : value];
  });
  return { ...Object.fromEntries(changed), MESH_ADVERTISE: new URL(networks.calls.url).host };
}

function withPort(url: string, of: string): string {
  const through = new URL(url);
  through.port = new URL(of).port;
  return through.href;
}
