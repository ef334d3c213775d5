import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import {
  type App,
  type AppDatabase,
  databasesOf,
  findApps,
  grouped,
  knownServices,
  meshNames,
  partsOf,
  recordedGroups,
} from "@mesh/dev";

/** What a deployment has to know about a process: of a service, of the gateway, or of several apps that share it. */
export interface MeshProcess {
  /** The name of its image and of its workload: that of its folder, such as `orders`, or that in processes.json. */
  readonly name: string;
  /** Whether it contains the gateway. */
  readonly isGateway: boolean;
  /** Whether it contains services. */
  readonly hasServices: boolean;
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

/** Returns the name of the process that contains the gateway. */
export function gatewayOf(processes: readonly MeshProcess[]): string {
  return processes.find(({ isGateway }) => isGateway)?.name ?? "gateway";
}

/** Returns the port of the services of a process. Its first port, 8080, is that of the gateway if it contains that. */
export function servicesPortOf({ isGateway }: Pick<MeshProcess, "isGateway">): number {
  return isGateway ? 8081 : 8080;
}

/** Returns the apps of a mesh by process: those of processes.json first, then the services, then the gateway. */
export async function deployedApps(root: string): Promise<App[]> {
  const apps = await findApps(root);
  return grouped(root, apps, await recordedGroups(root, apps)).filter(({ kind }) => kind !== "web");
}

/** Returns the processes of a mesh, as its sources and processes.json declare them. */
export async function processesOf(root: string): Promise<MeshProcess[]> {
  const apps = await deployedApps(root);
  return Promise.all(apps.map((app) => processOf(root, app, apps)));
}

async function processOf(root: string, app: App, apps: readonly App[]): Promise<MeshProcess> {
  const folders = partsOf(app).map(({ folder }) => folder);
  const sources = (await Promise.all(folders.map((folder) => sourcesOf(join(folder, "src"))))).flat();
  const manifests = await Promise.all(folders.map(manifestOf));
  const called = (await knownServices(root)).filter(({ module, definition }) => {
    return sources.some((source) => source.includes(`"${module}"`) && new RegExp(`\\b${definition}\\b`).test(source));
  });
  const calls = apps.filter((other) => {
    return other !== app && other.services.some(({ name }) => called.some((one) => one.name === name));
  });
  return {
    name: app.name,
    isGateway: app.kind === "gateway",
    hasServices: app.services.length > 0,
    meshNames: meshNames(app),
    calls: calls.map(({ name }) => name),
    databases: databasesOf(app, "mesh"),
    hasFiles: manifests.some((manifest) => manifest.includes('"@mesh/files"')),
  };
}

/** Returns the text of the package.json of an app. @throws Error that names the folder if there is none */
async function manifestOf(folder: string): Promise<string> {
  return readFile(join(folder, "package.json"), "utf8").catch(() => {
    const name = relative(join(folder, "../.."), folder);
    throw new Error(
      `${name} has no package.json, without which it is not built: add one like those of the other services`,
    );
  });
}

/** Returns the sources of an app, but not those of its seed program, which calls services on behalf of a person. */
async function sourcesOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts") && !/(\.test|^seed)\.ts$/.test(name));
  return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
}
