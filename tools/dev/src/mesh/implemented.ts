import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** The names of a service in the mesh. */
export interface ServiceNames {
  /** `acme.orders` */
  readonly name: string;
  /** `acme_orders` */
  readonly slug: string;
}

/** A service of the contracts. Source: `services.json`, which the generator writes. */
interface KnownService extends ServiceNames {
  /** `@mesh/contracts/acme/orders/v1` */
  readonly module: string;
  /** `OrderService` */
  readonly definition: string;
}

/** Reads the services of the contracts. There are none before the first generation. */
export async function knownServices(root: string): Promise<readonly KnownService[]> {
  const text = await readFile(join(root, "shared/contracts/gen/services.json"), "utf8").catch(() => "[]");
  return JSON.parse(text) as KnownService[]; // Our generator wrote it.
}

/**
 * Returns the names of the services that a folder implements, each once: those that its sources import from the contracts
 * and give to `service(…)`. A folder that implements none is named after itself.
 */
export async function implementedIn(folder: string, known: readonly KnownService[]): Promise<ServiceNames[]> {
  const sources = await sourcesOf(join(folder, "src"));
  const found = known.filter((service) => sources.some((source) => implementsService(source, service)));
  const byName = new Map(found.map(({ name, slug }) => [name, { name, slug }]));
  if (byName.size > 0) return [...byName.values()];
  const name = basename(folder);
  return [{ name, slug: name.replaceAll(/[^A-Za-z0-9]/g, "_").toLowerCase() }];
}

/** Returns whether the sources of a folder name a text. */
export async function hasText(folder: string, text: string): Promise<boolean> {
  return (await sourcesOf(join(folder, "src"))).some((source) => source.includes(text));
}

function implementsService(source: string, { module, definition }: KnownService): boolean {
  const isImported = source.includes(`"${module}"`) || source.includes(`'${module}'`);
  return isImported && new RegExp(`\\bservice(<[^(]*>)?\\(\\s*${definition.replaceAll("$", "\\$")}\\b`).test(source);
}

async function sourcesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const sources = names.filter((name) => /(?<!\.test|\.d)\.[cm]?ts$/.test(name));
  return Promise.all(sources.map((name) => readFile(join(folder, name), "utf8")));
}
