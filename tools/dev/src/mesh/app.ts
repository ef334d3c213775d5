import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** A process of the mesh: a service, the gateway, or the web page. */
export interface App {
  /** The name of its folder. */
  readonly name: string;
  readonly folder: string;
  readonly kind: "service" | "gateway" | "web";
}

/** Finds the apps of a mesh: the services by name, then the gateway, then the web page. */
export async function findApps(root: string): Promise<App[]> {
  const services = await readdir(join(root, "services")).catch(() => []);
  const candidates: App[] = [
    ...services.sort().map((name): App => ({ name, folder: join(root, "services", name), kind: "service" })),
    { name: "gateway", folder: join(root, "gateway"), kind: "gateway" },
    { name: "web", folder: join(root, "web"), kind: "web" },
  ];
  return candidates.filter(exists);
}

function exists({ folder, kind }: App): boolean {
  return existsSync(join(folder, kind === "web" ? "index.html" : "src/main.ts"));
}

/** Returns whether a service has a database. */
export function hasDatabase(app: App): boolean {
  return app.kind === "service" && existsSync(join(app.folder, "migrations"));
}
