import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bundlePackages } from "../build/vite.ts";
import type { AppLog } from "../log/app-log.ts";
import type { AppState } from "../process/supervisor.ts";
import { openBackends } from "../servers/backends.ts";
import { createDatabase } from "../servers/database.ts";
import { openAddressBook } from "./address-book.ts";
import { type App, findApps, hasDatabase } from "./app.ts";
import { addressOf, environmentOf } from "./environment.ts";
import { openRunningApp, type RunningApp } from "./running-app.ts";
import { keptSecret } from "./secret.ts";
import type { DevSettings } from "./settings.ts";

/** A mesh in development: its servers run, and its apps once they are asked for. */
export interface Mesh {
  readonly apps: readonly App[];
  readonly natsUrl: string;
  /** The administrator's. */
  readonly postgresUrl: string;
  readonly ports: ReadonlyMap<string, number>;
  /** The apps that run, or would if they could. */
  readonly members: ReadonlyMap<string, RunningApp>;
  /** Runs an app; what it says goes to the log. */
  run(app: App, log: AppLog): Promise<void>;
  end(app: App): Promise<void>;
  /** Takes up the apps that are new in the clone, tells the others where they are, and answers them: none runs yet. */
  adopt(): Promise<readonly App[]>;
  close(): Promise<void>;
}

/** What a mesh needs to know, and whom it tells. */
export interface MeshOptions {
  readonly root: string;
  readonly settings: DevSettings;
  readonly onNotice: (text: string) => void;
  /** Called with the files that an app was built from. */
  readonly onInputs: (files: readonly string[]) => void;
  readonly onState: (app: App, state: AppState) => void;
}

/** Where a clone keeps what its mesh has. */
export function dataFolder(root: string): string {
  return join(root, ".mesh");
}

/** Starts a mesh's servers and finds a port for each of its apps. */
export async function openMesh(options: MeshOptions): Promise<Mesh> {
  const { root, settings } = options;
  const folder = dataFolder(root);
  await mkdir(folder, { recursive: true });
  const apps = await findApps(root);
  const secret = settings.COOKIE_SECRET ?? (await keptSecret(folder, "cookie-secret"));
  // Before anything else runs that takes memory.
  const packages = apps.filter(({ kind }) => kind === "web").map((app) => bundlePackages(app.folder));
  const backends = await openBackends(folder, settings, options.onNotice);
  await Promise.all(packages);
  const addresses = await openAddressBook(apps, settings);
  const { ports } = addresses;
  const members = new Map<string, RunningApp>();
  const services = apps.filter(({ kind }) => kind === "service").map(({ name }) => name);
  const facts = { settings, ports, services, cookieSecret: secret, natsUrl: backends.natsUrl };

  const environment = async (app: App) => {
    const url = hasDatabase(app) ? await createDatabase(backends.postgresUrl, `mesh_${app.name}`) : undefined;
    return environmentOf(app, facts, url);
  };
  const mend = async (app: App) => {
    const isMended = await addresses.reassign(app);
    if (isMended) for (const member of members.values()) if (member.app !== app) void member.relaunch();
    return isMended;
  };

  return {
    apps,
    natsUrl: backends.natsUrl,
    postgresUrl: backends.postgresUrl,
    ports,
    members,
    async run(app, log) {
      const member = await openRunningApp({
        root,
        app,
        log,
        inspected: settings.MESH_INSPECT.split(","),
        environment: () => environment(app),
        url: () => addressOf(app, ports),
        onLaunch: () => addresses.release(app),
        onInputs: options.onInputs,
        onState: (state) => options.onState(app, state),
        mend: () => mend(app),
      });
      members.set(app.name, member);
      await member.refresh();
    },
    async end(app) {
      const member = members.get(app.name);
      members.delete(app.name);
      await member?.stop();
    },
    async adopt() {
      const added = (await findApps(root)).filter(({ name }) => !apps.some((app) => app.name === name));
      for (const app of added) {
        await addresses.add(app);
        apps.push(app);
        if (app.kind === "service") services.push(app.name);
      }
      return added;
    },
    async close() {
      await Promise.all([...members.values()].map((member) => member.stop()));
      await backends.stop();
    },
  };
}
