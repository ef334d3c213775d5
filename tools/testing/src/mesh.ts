import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type App,
  createBundler,
  createDatabases,
  databasesOf,
  dropDatabase,
  findApps,
  freePort,
  grouped,
  meshNames,
  natsLoginOf,
  natsUsers,
  partsOf,
  peerList,
  readGroups,
  urlWithLogin,
  writeProgram,
} from "@mesh/dev";
import type { Identity } from "@mesh/rpc";
import { type MeshApp, openApp, runSeed } from "./app.ts";
import { root } from "./build.ts";
import { testCertificates } from "./certificates.ts";
import { testNats, testNatsCluster } from "./nats.ts";
import type { FragileServer } from "./outage.ts";
import { type TestPostgres, testPostgres } from "./postgres.ts";

/** A whole mesh: every service and the gateway as processes, with their own NATS and databases. */
export interface RunningMesh {
  readonly gatewayUrl: string;
  /** Its URL is the developer's, who may publish and consume everything. Of a cluster, the URL of all servers, and the first of them. */
  readonly nats: FragileServer;
  /** All servers of NATS. */
  readonly natsServers: readonly FragileServer[];
  /** Only if the mesh has its own. */
  readonly postgres: TestPostgres | undefined;
  /** The processes by folder name: `orders`, `gateway`; if there are several of it, `orders-1` and so on. */
  readonly apps: Readonly<Record<string, MeshApp>>;
  /** The developer's identity, which may call every service. */
  readonly credentials: Identity;
  /** The folder of the developer's certificate. */
  readonly developerDir: string;
  /** The folder with a folder for the files of each service: `catalog`. */
  readonly filesDir: string;
  /** Makes new certificates for all processes, which use them within seconds. */
  renewCertificates(): Promise<void>;
  /** Leaves the certificates to the test. */
  endRenewal(): void;
  /** Returns `host:port` of a process's server, by its name in `apps`. */
  addressOf(name: string): string;
  /** Returns the URL of the database of an app, by its folder name. @throws Error if it has none */
  databaseUrlOf(app: string): string;
  /** Starts one more process of an app, and waits until it is ready. Only with `registry`. @param env more settings of it */
  addReplica(name: string, env?: Readonly<Record<string, string>>): Promise<MeshApp>;
  /** Ends every process and removes all data. */
  close(): Promise<void>;
}

/** A machine, or what a test takes for one. */
export interface Place {
  /** Its address. */
  readonly host: string;
  /** What runs a program there, such as `ip netns exec <name>`. */
  readonly prefix: readonly string[];
}

/** Settings of a mesh. */
export interface MeshOptions {
  /** A repository whose apps are built. Default: this one. */
  readonly root?: string;
  /** Whether to add the example products. Default: no. */
  readonly seed?: boolean;
  /** Whether services are found in the registry in NATS, instead of by MESH_PEERS. Default: only if there are replicas. */
  readonly registry?: boolean;
  /** The numbers of processes by folder name. Default: 1 of each. */
  readonly replicas?: Readonly<Record<string, number>>;
  /** Returns the program of an app. Default: the one that is built before the tests. */
  readonly programOf?: (app: App) => string;
  /** Returns where a process runs, by its name in `apps`. Default: at 127.0.0.1. */
  readonly placeOf?: (name: string) => Place;
  /** The apps that share processes, as `npm run mono` takes them: `orders+payments`. Default: none do. */
  readonly groups?: readonly string[];
  /** Settings of every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The number of servers of NATS. Default: 1. */
  readonly natsServers?: number;
  /** More apps, outside of the folders of the repository. */
  readonly apps?: readonly App[];
  /** Changes the settings of a process, by its name in `apps`, before each of its starts. */
  readonly environmentOf?: (name: string, env: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** Starts a process for the first time. Default: calls its `start`. */
  readonly startFirst?: (name: string, app: MeshApp) => Promise<void>;
  /** Gets the URLs of the servers, before a process starts. */
  readonly onServers?: (urls: { readonly nats: readonly string[]; readonly postgres: string }) => Promise<void>;
}

/**
 * Starts a mesh outside of a test, too, and waits until every process is ready.
 *
 * @param postgresUrl the administrator's URL of a running PostgreSQL; default: the mesh gets its own
 */
export async function openMesh(options: MeshOptions = {}, postgresUrl?: string): Promise<RunningMesh> {
  const found = await processesOf(options);
  const { replicas = {}, registry = Object.keys(replicas).length > 0 } = options;
  const certificates = await testCertificates();
  const filesDir = await mkdtemp(join(tmpdir(), "mesh-files-"));
  const provide = async (app: App) => [app.name, await certificates.provide(app.name, meshNames(app))] as const;
  const tlsDirs = new Map(await Promise.all(found.map(provide)));
  const natsSecret = randomUUID();
  const users = await natsUsers(options.root ?? root, found, natsSecret);
  const cluster = options.natsServers ? await testNatsCluster(options.natsServers, undefined, users) : undefined;
  const natsServers = cluster?.servers ?? [await testNats(users)];
  const nats = { ...(natsServers[0] as FragileServer), url: natsServers.map(({ url }) => url).join(",") }; // There is one.
  const postgres = postgresUrl === undefined ? await testPostgres() : undefined;
  const databases = await openDatabases(postgresUrl ?? postgres?.adminUrl ?? "", found);
  const ports = new Map<string, number>();
  const apps: Record<string, MeshApp> = {};
  await options.onServers?.({
    nats: natsServers.map(({ url }) => url),
    postgres: postgresUrl ?? postgres?.adminUrl ?? "",
  });
  const placeOf = options.placeOf ?? (() => ({ host: "127.0.0.1", prefix: [] }));
  const addressOf = (name: string) => `${placeOf(name).host}:${ports.get(name)}`;
  const shared: Record<string, string> = {
    NATS_URL: nats.url,
    COOKIE_SECRET: randomUUID() + randomUUID(),
    SHUTDOWN_MS: "1000",
    // Tests call as often as they can, from one address.
    RATE_LIMITS: "off",
    ...options.env,
  };

  async function open(app: App, name: string, more: MeshOptions["env"] = {}): Promise<void> {
    ports.set(name, await freePort());
    // The services of a process that is a gateway, too, have another port.
    const ofGateway = app.kind === "gateway" && app.parts ? { GRPC_PORT: String(await freePort()) } : undefined;
    for (const part of app.parts ?? []) {
      const ofPart = part.kind === "gateway" ? undefined : ofGateway?.GRPC_PORT;
      ports.set(part.name, Number(ofPart ?? ports.get(name)));
    }
    const login = natsLoginOf(app, natsSecret);
    const NATS_URL = natsServers.map(({ url }) => urlWithLogin(url, login)).join(",");
    const { host: HOST, prefix } = placeOf(name);
    const own = { NATS_URL, HOST, PORT: String(ports.get(name)), MESH_TLS_DIR: tlsDirs.get(app.name) ?? "" };
    const edge = app.kind === "gateway" ? { PROXIES: "0", PUBLIC_ORIGINS: `http://${addressOf(name)}` } : {};
    const ofService = app.services.length > 0 ? { FILES_DIR: join(filesDir, app.name) } : {};
    const env = {
      ...databases.urls.get(app.name),
      ...own,
      ...edge,
      ...ofGateway,
      ...ofService,
      ...options.env,
      ...more,
    };
    // By the time it starts, `shared` has the addresses of all.
    apps[name] = openApp({
      name,
      folder: app.folder,
      program: options.programOf?.(app),
      prefix,
      env: () => options.environmentOf?.(name, { ...shared, ...env }) ?? { ...shared, ...env },
    });
  }

  async function close(): Promise<void> {
    await Promise.all(Object.values(apps).map((app) => app.kill("SIGTERM")));
    if (!postgres) await databases.drop();
    await postgres?.[Symbol.asyncDispose]();
    await Promise.all(natsServers.map((server) => server[Symbol.asyncDispose]()));
    await certificates[Symbol.asyncDispose]();
    await rm(filesDir, { recursive: true, force: true });
  }

  async function addReplica(of: string, env?: MeshOptions["env"]): Promise<MeshApp> {
    const app = found.find(({ name }) => name === of);
    if (!app || !registry) throw new Error(`${of} can't get a replica: ${app ? "the mesh has no registry" : "no app"}`);
    const name = `${of}-${[...ports.keys()].filter((one) => one.startsWith(`${of}-`)).length + 1}`;
    ports.set(name, 0); // Reserves the name until the port is known.
    await open(app, name, env);
    const added = apps[name] as MeshApp; // `open` has just added it.
    await added.start();
    return added;
  }

  function databaseUrlOf(app: string): string {
    const process = found.find((one) => partsOf(one).some(({ name }) => name === app));
    const own = process && partsOf(process).find(({ name }) => name === app);
    const urls = process && databases.urls.get(process.name);
    const url = urls?.[`${own?.services[0]?.slug.toUpperCase()}_DATABASE_URL`] ?? urls?.DATABASE_URL;
    if (url === undefined) throw new Error(`${app} has no database`);
    return url;
  }

  try {
    for (const app of found) for (const name of namesOf(app, replicas[app.name])) await open(app, name);
    if (!registry) shared.MESH_PEERS = peerList(found.flatMap(partsOf), ({ name }) => addressOf(name));
    const startFirst = options.startFirst ?? ((_: string, app: MeshApp) => app.start());
    await Promise.all(Object.entries(apps).map(([name, app]) => startFirst(name, app)));
    if (options.seed) await runSeed("services/catalog", { ...shared, MESH_TLS_DIR: certificates.developerDir });
  } catch (error) {
    await close();
    throw error;
  }
  const { credentials, developerDir, renew: renewCertificates, close: endRenewal } = certificates;
  return {
    gatewayUrl: `http://${addressOf(namesOf({ name: "gateway" }, replicas.gateway)[0] ?? "")}`,
    nats,
    natsServers,
    postgres,
    apps,
    filesDir,
    credentials,
    developerDir,
    renewCertificates,
    endRenewal,
    addressOf,
    databaseUrlOf,
    addReplica,
    close,
  };
}

/** Finds the processes of a mesh, and builds those that several apps share. */
async function processesOf({ root: repository = root, groups, apps: more = [] }: MeshOptions): Promise<App[]> {
  const apps = [...(await findApps(repository)).filter((app) => app.kind !== "web"), ...more];
  if (!groups) return apps;
  const shared = grouped(repository, apps, readGroups(groups, apps));
  for (const app of shared.filter(({ parts }) => parts)) {
    await writeProgram(app);
    const { errors } = await createBundler(repository, app.folder, app.parts).build();
    if (errors.length > 0) throw new Error(`${app.name} does not compile:\n${errors.join("\n")}`);
  }
  return shared;
}

/** Returns the names of the processes of an app. */
function namesOf({ name }: Pick<App, "name">, count = 1): string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
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
