import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type App, type AppDatabase, databasesOf, findApps, knownServices, meshNames } from "@mesh/dev";

/** What a deployment has to know about the process of a service or of the gateway. */
export interface MeshProcess {
  /** The name of its folder, of its image and of its workload: `orders`. */
  readonly name: string;
  readonly isGateway: boolean;
  /** The names in its certificate. */
  readonly meshNames: readonly string[];
  /** The processes that it calls, by name. */
  readonly calls: readonly string[];
  /** Its databases: their names, and the variables with their URLs. */
  readonly databases: readonly AppDatabase[];
  /** Whether it keeps files, in the folder FILES_DIR, which all of its replicas share. */
  readonly hasFiles: boolean;
}

/** The folder of a container with a file for each secret setting. */
export const secretsFolder = "/settings";

/** Returns the settings of a process that are secrets: the URLs with passwords and, of the gateway, the key of cookies. */
export function secretSettingsOf({ databases, isGateway }: Pick<MeshProcess, "databases" | "isGateway">): string[] {
  const urls = ["NATS_URL", ...databases.map(({ variable }) => variable)];
  return isGateway ? [...urls, "COOKIE_SECRET"] : urls;
}

/** Returns the variables that name the files of the secret settings of a process. */
export function secretFilesOf(process: MeshProcess): Readonly<Record<string, string>> {
  return Object.fromEntries(secretSettingsOf(process).map((name) => [`${name}_FILE`, `${secretsFolder}/${name}`]));
}

/** Returns the processes of a mesh, as its sources declare them: the services by name, then the gateway. */
export async function processesOf(root: string): Promise<MeshProcess[]> {
  const apps = (await findApps(root)).filter(({ kind }) => kind !== "web");
  return Promise.all(apps.map((app) => processOf(root, app, apps)));
}

async function processOf(root: string, app: App, apps: readonly App[]): Promise<MeshProcess> {
  const sources = await sourcesOf(join(app.folder, "src"));
  const called = (await knownServices(root)).filter(({ module, definition }) => {
    return sources.some((source) => source.includes(`"${module}"`) && new RegExp(`\\b${definition}\\b`).test(source));
  });
  const calls = apps.filter((other) => {
    return other !== app && other.services.some(({ name }) => called.some((one) => one.name === name));
  });
  return {
    name: app.name,
    isGateway: app.kind === "gateway",
    meshNames: meshNames(app),
    calls: calls.map(({ name }) => name),
    databases: databasesOf(app, "mesh"),
    hasFiles: (await readFile(join(app.folder, "package.json"), "utf8")).includes('"@mesh/files"'),
  };
}

/** Returns the sources of an app, but not those of its seed program, which calls services on behalf of a person. */
async function sourcesOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts") && !/(\.test|^seed)\.ts$/.test(name));
  return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
}
