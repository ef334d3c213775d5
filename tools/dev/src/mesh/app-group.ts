import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type App, partsOf } from "./app.ts";
import { dataFolder } from "./data-folder.ts";

/** Apps that run as one process. */
export interface AppGroup {
  readonly name: string;
  /** The names of the apps. */
  readonly members: readonly string[];
}

/** The name of the process of all services and the gateway. */
const allName = "mono";

/** Returns the names of the apps that can share a process. */
export function nonPages(apps: readonly App[]): string[] {
  return apps.filter(({ kind }) => kind !== "web").map(({ name }) => name);
}

/**
 * Reads groups as the command line has them: `orders+payments` for each; none: one of all services and the gateway.
 *
 * @throws Error that names an app which is unknown, the web page, or in two groups
 */
export function readGroups(texts: readonly string[], apps: readonly App[]): AppGroup[] {
  if (texts.length === 0) return [{ name: allName, members: nonPages(apps) }];
  const groups = texts.map((text) => ({ name: text, members: text.split("+") }));
  checkGroups(groups, apps);
  return groups;
}

/** @throws Error that names an app which is unknown, the web page, in two groups, or alone in one */
export function checkGroups(groups: readonly AppGroup[], apps: readonly App[]): void {
  const able = nonPages(apps);
  const members = groups.flatMap((group) => group.members);
  const unknown = members.find((name) => !able.includes(name));
  if (unknown !== undefined) throw new Error(`there is no "${unknown}"; these can share a process: ${able.join(", ")}`);
  const twice = members.find((name, at) => members.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`${twice} is named twice`);
  const alone = groups.find((group) => group.members.length < 2);
  if (alone) throw new Error(`${alone.name} is one app: a process is shared by several, such as orders+payments`);
}

/** Replaces apps by the processes that they share. */
export function grouped(root: string, apps: readonly App[], groups: readonly AppGroup[]): App[] {
  const shared = new Set(groups.flatMap(({ members }) => members));
  const processes = groups.map(({ name, members }): App => {
    const parts = apps.filter((app) => members.includes(app.name));
    const hasGateway = parts.some(({ kind }) => kind === "gateway");
    return {
      name,
      folder: join(dataFolder(root), "processes", name),
      dist: join(root, "dist", name),
      kind: hasGateway ? "gateway" : "service",
      services: parts.flatMap(({ services }) => services),
      parts,
    };
  });
  return [...processes, ...apps.filter(({ name }) => !shared.has(name))];
}

/** Writes the program of a process that several apps share. Of another app, it is there. */
export async function writeProgram(app: App): Promise<void> {
  if (!app.parts) return;
  const source = join(app.folder, "src");
  await mkdir(source, { recursive: true });
  await writeFile(join(source, "main.ts"), programOf(app, source));
}

function programOf(app: App, folder: string): string {
  const load = ({ folder: part }: App) => {
    const path = relative(folder, join(part, "src/main.ts")).replaceAll("\\", "/");
    return `    () => import(${JSON.stringify(path)}),`;
  };
  const [services, others] = [true, false].map((isService) =>
    partsOf(app)
      .filter(({ kind }) => (kind === "service") === isService)
      .map(load),
  );
  return [
    'import { startGroup } from "@mesh/service";',
    "",
    "await startGroup({",
    `  name: ${JSON.stringify(app.name)},`,
    "  services: [",
    ...(services ?? []),
    "  ],",
    "  others: [",
    ...(others ?? []),
    "  ],",
    "});",
    "",
  ].join("\n");
}
