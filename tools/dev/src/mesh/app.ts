import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { implementedIn, knownServices, type ServiceNames } from "./implemented.ts";

/** A process of the mesh: a service, the gateway, or the web page. */
export interface App {
  /** The name of its folder. */
  readonly name: string;
  readonly folder: string;
  readonly kind: "service" | "gateway" | "web";
  /** The services that the process implements; none of the gateway and the web page. */
  readonly services: readonly ServiceNames[];
}

/** Finds the apps of a mesh: the services by name, then the gateway, then the web page. */
export async function findApps(root: string): Promise<App[]> {
  const services = await readdir(join(root, "services")).catch(() => []);
  const candidates: App[] = [
    ...services
      .sort()
      .map((name): App => ({ name, folder: join(root, "services", name), kind: "service", services: [] })),
    { name: "gateway", folder: join(root, "gateway"), kind: "gateway", services: [] },
    { name: "web", folder: join(root, "web"), kind: "web", services: [] },
  ];
  const known = await knownServices(root);
  return Promise.all(candidates.filter(exists).map(async (app) => withServices(app, known)));
}

async function withServices(app: App, known: Awaited<ReturnType<typeof knownServices>>): Promise<App> {
  return app.kind === "service" ? { ...app, services: await implementedIn(app.folder, known) } : app;
}

function exists({ folder, kind }: App): boolean {
  return existsSync(join(folder, kind === "web" ? "index.html" : "src/main.ts"));
}

/** Returns the names in the certificate of an app. The web page has none. */
export function meshNames({ kind, services }: App): string[] {
  return kind === "gateway" ? ["gateway"] : services.map(({ name }) => name);
}

/** Returns the value of MESH_PEERS: the address of each service, by its name. */
export function peerList(apps: readonly App[], addressOf: (app: App) => string): string {
  const entries = apps.flatMap((app) => app.services.map(({ name }) => `${name}=${addressOf(app)}`));
  return entries.join(",");
}
