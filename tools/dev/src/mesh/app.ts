import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { implementedIn, knownServices, type ServiceNames } from "./implemented.ts";
import { buildFolder } from "./mode.ts";

/** A process of the mesh: a service, the gateway, or the web page. */
export interface App {
  /** The name of its folder. */
  readonly name: string;
  readonly folder: string;
  readonly kind: "service" | "gateway" | "web";
  /** The folder of its build for production. */
  readonly dist: string;
  /** The services that the process implements; none of the gateway alone and of the web page. */
  readonly services: readonly ServiceNames[];
  /** The apps that share the process, if there are several. */
  readonly parts?: readonly App[];
}

/** Returns the apps that share a process; of most, it is the app itself. */
export function partsOf(app: App): readonly App[] {
  return app.parts ?? [app];
}

/** Finds the apps of a mesh: the services by name, then the gateway, then the web page. */
export async function findApps(root: string): Promise<App[]> {
  const services = await readdir(join(root, "services")).catch(() => []);
  const candidates: App[] = [
    ...services.sort().map((name) => appOf(name, join(root, "services", name), "service")),
    appOf("gateway", join(root, "gateway"), "gateway"),
    appOf("web", join(root, "web"), "web"),
  ];
  const known = await knownServices(root);
  return Promise.all(candidates.filter(exists).map(async (app) => withServices(app, known)));
}

function appOf(name: string, folder: string, kind: App["kind"]): App {
  return { name, folder, dist: join(folder, buildFolder), kind, services: [] };
}

async function withServices(app: App, known: Awaited<ReturnType<typeof knownServices>>): Promise<App> {
  return app.kind === "service" ? { ...app, services: await implementedIn(app.folder, known) } : app;
}

function exists({ folder, kind }: App): boolean {
  return existsSync(join(folder, kind === "web" ? "index.html" : "src/main.ts"));
}

/** Returns the names in the certificate of an app. The web page has none. */
export function meshNames({ kind, services }: App): string[] {
  const names = services.map(({ name }) => name);
  return kind === "gateway" ? ["gateway", ...names] : names;
}

/** Returns the value of MESH_PEERS: the address of each service, by its name. */
export function peerList(apps: readonly App[], addressOf: (app: App) => string): string {
  const entries = apps.flatMap((app) => app.services.map(({ name }) => `${name}=${addressOf(app)}`));
  return entries.join(",");
}
