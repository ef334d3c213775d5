import { readdir } from "node:fs/promises";
import { join, posix } from "node:path";

/** Lists the folders of the services: `services/orders`. */
export async function serviceFolders(root: string): Promise<string[]> {
  const services = await readdir(join(root, "services")).catch(() => []);
  return services.map((service) => posix.join("services", service));
}

/** Lists the source files of the services without their tests, in a fixed order. */
export async function serviceSources(root: string): Promise<string[]> {
  const files = await Promise.all((await serviceFolders(root)).map((folder) => sourcesIn(root, folder)));
  return files.flat().sort();
}

/** Lists the source files of a package without its tests, in a fixed order. */
export async function sourcesIn(root: string, folder: string): Promise<string[]> {
  const src = posix.join(folder, "src");
  const entries = await readdir(join(root, src), { recursive: true }).catch(() => []);
  const paths = entries.map((entry) => posix.join(src, entry.replaceAll("\\", "/")));
  return paths.filter((path) => /(?<!\.test|\.d)\.[cm]?tsx?$/.test(path)).sort();
}
