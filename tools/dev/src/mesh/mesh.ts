import { mkdir, rm } from "node:fs/promises";
import { bundlePackages } from "../build/vite.ts";
import type { AppLog } from "../log/app-log.ts";
import type { AppState } from "../process/supervisor.ts";
import { type Backends, openBackends } from "../servers/backends.ts";
import { type Certificates, developer, openCertificates } from "../tls/certificates.ts";
import { AddressBook } from "./address-book.ts";
import { type App, findApps, meshNames, partsOf } from "./app.ts";
import { AppBuild } from "./app-build.ts";
import { createDatabases, databasePrefix, databasesOf, dropDatabases } from "./app-databases.ts";
import { type AppGroup, grouped } from "./app-group.ts";
import { dataFolder, filesFolder, tlsFolder } from "./data-folder.ts";
import { type DevConsole, openDevConsole } from "./dev-console.ts";
import { type DevIssuer, openDevIssuer } from "./dev-issuer.ts";
import { addressOf, environmentOf } from "./environment.ts";
import { hasText } from "./implemented.ts";
import type { Mode } from "./mode.ts";
import { natsLoginOf, natsUsers } from "./nats-permissions.ts";
import { productionEnvironmentOf } from "./production-environment.ts";
import { type Replica, replicasOf } from "./replicas.ts";
import { RunningApp } from "./running-app.ts";
import { keptSecret } from "./secret.ts";
import type { DevSettings } from "./settings.ts";
import { whenAllCalled } from "./when-all-called.ts";

/** Settings of a mesh, and callbacks about it. */
export interface MeshOptions {
  readonly root: string;
  readonly settings: DevSettings;
  readonly mode: Mode;
  /** The apps that share processes. Default: none. */
  readonly groups?: readonly AppGroup[] | undefined;
  readonly onNotice: (text: string) => void;
  /** Called with the source files of each build. */
  readonly onInputs: (files: readonly string[]) => void;
  readonly onState: (replica: Replica, state: AppState) => void;
}

/** The parts of a mesh that exist before its apps run. */
interface Foundation {
  readonly apps: App[];
  readonly backends: Backends;
  readonly certificates: Certificates;
  readonly addresses: AddressBook;
  readonly cookieSecret: string;
  /** Undefined: the settings name another one, or there is no gateway. */
  readonly issuer: DevIssuer | undefined;
  /** Undefined: in production there is none. */
  readonly console: DevConsole | undefined;
  /** The passwords of the users of NATS are derived from it. */
  readonly natsSecret: string;
}

/** Starts the servers of a mesh, and finds a port for each replica of its apps. */
export async function openMesh(options: MeshOptions): Promise<Mesh> {
  const { root, settings } = options;
  const folder = dataFolder(root);
  await mkdir(folder, { recursive: true });
  const apps = await appsOf(options);
  const cookieSecret = settings.COOKIE_SECRET ?? (await keptSecret(folder, "cookie-secret"));
  // First, because it needs much memory for a short time.
  const packages = apps.filter(({ kind }) => kind === "web").map((app) => bundlePackages(app.folder));
  const natsSecret = await keptSecret(folder, "nats-secret");
  const users = await natsUsers(root, apps, natsSecret);
  const [backends, certificates] = await Promise.all([
    openBackends({ folder, existing: settings, natsUsers: users, onNotice: options.onNotice }),
    openAllCertificates(root, apps),
    ...packages,
  ]);
  const addresses = new AddressBook(settings);
  for (const app of apps) for (const replica of replicasOf(app, settings.MESH_REPLICAS)) await addresses.add(replica);
  let mesh: Mesh | undefined;
  // In production an issuer needs https, and a console would show the data of customers.
  const [issuer, console] =
    options.mode === "production"
      ? []
      : [
          await openDevIssuer({ folder, settings, apps, addresses, secret: cookieSecret }),
          await openDevConsole({ root, settings, addresses, mesh: () => mesh }),
        ];
  mesh = new Mesh(options, { apps, backends, certificates, addresses, cookieSecret, issuer, console, natsSecret });
  return mesh;
}

/** Finds the apps. In production, no process of its own serves the page. */
async function appsOf({ root, mode, groups = [] }: Pick<MeshOptions, "root" | "mode" | "groups">): Promise<App[]> {
  const apps = grouped(root, await findApps(root), groups);
  return mode === "production" ? apps.filter(({ kind }) => kind !== "web") : apps;
}

/** Returns the name of the app to which the files of a process belong: they stay where they are if it shares a process. */
async function ownerOfFiles(app: App): Promise<string> {
  for (const { name, folder } of partsOf(app)) if (await hasText(folder, "FILES_DIR")) return name;
  return app.name;
}

/** Makes the certificates of all apps while the servers start. The first time this takes a quarter of a second. */
async function openAllCertificates(root: string, apps: readonly App[]): Promise<Certificates> {
  const certificates = await openCertificates(tlsFolder(root));
  await certificates.provide(developer, [developer]);
  for (const app of apps) if (app.kind !== "web") await certificates.provide(app.name, meshNames(app));
  return certificates;
}

/** A mesh in development: running servers, and apps that run on request. */
export class Mesh {
  /** The administrator's URL. */
  readonly natsUrl: string;
  /** The administrator's URL. */
  readonly postgresUrl: string;
  /** Ports by the names of replicas. */
  readonly ports: ReadonlyMap<string, number>;
  /** Ports of the metrics by the names of replicas. */
  readonly metricsPorts: ReadonlyMap<string, number>;
  readonly #options: MeshOptions;
  readonly #foundation: Foundation;
  /** The replicas of the apps that were requested, by app name. */
  readonly #running = new Map<string, readonly RunningApp[]>();

  constructor(options: MeshOptions, foundation: Foundation) {
    this.#options = options;
    this.#foundation = foundation;
    this.natsUrl = foundation.backends.natsUrl;
    this.postgresUrl = foundation.backends.postgresUrl;
    this.ports = foundation.addresses.ports;
    this.metricsPorts = foundation.addresses.metricsPorts;
  }

  get apps(): readonly App[] {
    return this.#foundation.apps;
  }

  /** The URL of the issuer of the people who can sign in; undefined: there is none. */
  get issuerUrl(): string | undefined {
    return this.#foundation.issuer?.url;
  }

  /** The URL of the console; undefined: there is none. */
  get consoleUrl(): string | undefined {
    return this.#foundation.console?.url;
  }

  get mode(): Mode {
    return this.#options.mode;
  }

  /** The replicas of an app. */
  replicasOf(app: App): readonly Replica[] {
    return replicasOf(app, this.#options.settings.MESH_REPLICAS);
  }

  /** The replicas of the apps that were requested, in whatever state, in the order of `apps`. */
  get running(): readonly RunningApp[] {
    return this.apps.flatMap(({ name }) => this.#running.get(name) ?? []);
  }

  /** Builds an app and starts its replicas. @param openLog opens the log of each */
  async run(app: App, openLog: (replica: Replica) => AppLog): Promise<void> {
    const { root, mode, onInputs } = this.#options;
    const replicas = this.replicasOf(app).map((replica) => ({ replica, log: openLog(replica) }));
    const onError = (error: string) => replicas[0]?.log.notice(error);
    const build = new AppBuild({ root, app, mode, onError, onInputs });
    const running = replicas.map(({ replica, log }) => this.#open(replica, build, log));
    this.#running.set(app.name, running);
    await Promise.all(running.map((one) => one.refresh()));
  }

  async end(app: App): Promise<void> {
    const running = this.#running.get(app.name) ?? [];
    this.#running.delete(app.name);
    await Promise.all(running.map((one) => one.stop()));
  }

  /** Removes the databases and the files of an app, which it creates again when it starts. */
  async reset(app: App): Promise<void> {
    const drop = async () => {
      await dropDatabases(this.postgresUrl, databasesOf(app, databasePrefix));
      for (const { name } of partsOf(app)) {
        await rm(filesFolder(this.#options.root, name), { recursive: true, force: true });
      }
    };
    const running = this.#running.get(app.name) ?? [];
    if (running.length === 0) return drop();
    const dropOnce = whenAllCalled(running.length, drop);
    await Promise.all(running.map((one) => one.restart(dropOnce)));
  }

  /** Adds the new apps of the clone to the mesh, and returns them. They do not run yet. */
  async adopt(): Promise<readonly App[]> {
    const { apps, addresses } = this.#foundation;
    const added = (await appsOf(this.#options)).filter(({ name }) => !apps.some((app) => app.name === name));
    for (const app of added) {
      for (const replica of this.replicasOf(app)) await addresses.add(replica);
      apps.push(app);
    }
    return added;
  }

  async close(): Promise<void> {
    await Promise.all(this.running.map((app) => app.stop()));
    this.#foundation.certificates.close();
    await this.#foundation.issuer?.stop();
    await this.#foundation.console?.stop();
    await this.#foundation.backends.stop();
  }

  #open(replica: Replica, build: AppBuild, log: AppLog): RunningApp {
    const { settings, mode, onState } = this.#options;
    return new RunningApp({
      mode,
      replica,
      build,
      log,
      inspected: settings.MESH_INSPECT.split(","),
      environment: () => this.#environmentOf(replica),
      seedEnvironment: () => this.#environmentOf(replica, developer),
      url: () => addressOf(replica, this.ports),
      onLaunch: () => this.#foundation.addresses.release(replica),
      onState: (state) => onState(replica, state),
      fix: () => this.#reassign(replica),
    });
  }

  /** @param identity the folder of the certificate; default: that of the app */
  async #environmentOf(replica: Replica, identity = replica.app.name): Promise<NodeJS.ProcessEnv> {
    const { app } = replica;
    const { postgresUrl, ports, metricsPorts } = this;
    const databaseUrls = await createDatabases(postgresUrl, databasesOf(app, databasePrefix));
    const { settings } = this.#options;
    const natsUrl = identity === developer ? this.natsUrl : await this.#natsUrlOf(app);
    const { cookieSecret, certificates, issuer, console } = this.#foundation;
    const names = identity === developer ? [developer] : meshNames(app);
    const tlsDir = app.kind === "web" ? undefined : await certificates.provide(identity, names);
    const shared = { settings, natsUrl, ports, metricsPorts, apps: this.apps, cookieSecret };
    const filesDir = filesFolder(this.#options.root, await ownerOfFiles(app));
    const attributes = { ...shared, issuer: issuer?.environment, console };
    const environment = environmentOf(replica, attributes, { databaseUrls, tlsDir, filesDir });
    return this.#options.mode === "production"
      ? productionEnvironmentOf(replica, environment, this.#gatewayPorts())
      : environment;
  }

  #gatewayPorts(): number[] {
    const replicas = this.apps.filter(({ kind }) => kind === "gateway").flatMap((app) => this.replicasOf(app));
    return replicas.flatMap(({ name }) => this.ports.get(name) ?? []);
  }

  /** Gives NATS the users of the apps and contracts as they are now, and returns the URL of an app. */
  async #natsUrlOf(app: App): Promise<string> {
    const { backends, natsSecret } = this.#foundation;
    const { root } = this.#options;
    await backends.replaceNatsUsers(await natsUsers(root, await appsOf(this.#options), natsSecret));
    return backends.natsUrlFor(natsLoginOf(app, natsSecret));
  }

  /** Gives a replica another port if another process took its port, and restarts the apps whose settings have it. */
  async #reassign(replica: Replica): Promise<boolean> {
    const isReassigned = await this.#foundation.addresses.reassign(replica);
    if (isReassigned) for (const other of this.running) if (other.replica !== replica) void other.relaunch();
    return isReassigned;
  }
}
