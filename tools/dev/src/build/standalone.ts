import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import type { Plugin } from "esbuild";
import { type BundlePart, bundle, errorsOf } from "./bundle.ts";

/** What packages import only for features that Typemesh does not use in production. */
const unused = /^(@grpc\/proto-loader|pg-native|pino-pretty|cloudflare:sockets)$/;

const external: Plugin = {
  name: "external",
  setup({ onResolve }) {
    onResolve({ filter: unused }, () => ({ external: true }));
  },
};

/** The folder of the code in that of the program. The migrations are beside it, as they are beside `src`. */
const library = "lib";

/**
 * Returns a program that runs a module of the library. Stack traces name the sources. Node 22.1 and later keeps the compiled
 * code for the next start, if it may write to the folder.
 */
function programOf(name: string): string {
  return `process.setSourceMapsEnabled(true);
const module = process.getBuiltinModule("node:module");
module.enableCompileCache?.(import.meta.dirname + "/.compiled");
await import("./${library}/${name}.js");
module.flushCompileCache?.();
`;
}

/** What a build of several apps that share a process has besides. */
export interface StandaloneOptions {
  /** The folder to write to. Default: `dist` in that of the app. */
  readonly dist?: string;
  /** The apps. Default: there is one. */
  readonly parts?: readonly Pick<BundlePart, "name" | "folder">[];
}

/** The fields of a package.json that a build reads. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  /** Files of packages that the app reads while it runs, such as `swagger-ui-dist/swagger-ui.css`. */
  readonly bundledFiles?: readonly string[];
}

/**
 * Builds an app for production into the folder `dist`, which then runs without any other: main.js, seed.js if the app has
 * src/seed.ts, their code with source maps, the migrations, and packages.json, the list of the packages in it.
 *
 * @param root the folder of the repository: stack traces name sources by their paths in it
 * @param folder the folder of the app
 * @param options see there
 * @returns the errors, each as file:line:column and text. If there are any, the previous build remains
 */
export async function buildStandalone(
  root: string,
  folder: string,
  { dist = join(folder, "dist"), parts }: StandaloneOptions = {},
): Promise<string[]> {
  const own = parts?.map((part) => ({ ...part, urlOf: (file: string) => urlIn(part, file) }));
  // Node keeps source maps in memory: without the sources, a service takes 10 MB less. The paths in them are relative.
  const result = await bundle({
    root,
    folder,
    parts: own,
    outdir: join(root, library),
    external,
    sourcesContent: false,
  });
  if (result.errors.length > 0) return errorsOf(result);
  const folders = parts?.map((part) => part.folder) ?? [folder];
  const manifests = await Promise.all(folders.map(manifestOf));
  await rm(dist, { recursive: true, force: true, maxRetries: 5 });
  await mkdir(join(dist, library), { recursive: true });
  for (const { path, contents } of result.outputFiles) {
    await writeFile(join(dist, library, basename(path)), contents);
  }
  const programs = result.outputFiles
    .map(({ path }) => basename(path, ".js"))
    .filter((name) => /^seed(-|$)/.test(name));
  await writeFile(join(dist, "main.js"), programOf("app"));
  for (const name of programs) await writeFile(join(dist, `${name}.js`), programOf(name));
  const name = parts ? basename(dist) : manifests[0]?.name;
  const { version } = manifests[0] ?? {};
  await writeFile(join(dist, "package.json"), `${JSON.stringify({ name, version, type: "module" }, undefined, 2)}\n`);
  for (const one of parts ?? [{ name: "", folder }]) {
    const migrations = join(one.folder, "migrations");
    if (existsSync(migrations)) await cp(migrations, join(dist, one.name, "migrations"), { recursive: true });
  }
  const files = new Map(
    manifests.flatMap(({ bundledFiles = [] }, at) => {
      const require = createRequire(join(folders[at] ?? folder, "package.json"));
      return bundledFiles.map((file) => [file, require.resolve(file)] as const);
    }),
  );
  await copyFiles(files, dist);
  const inputs = Object.keys(result.metafile.inputs).map((path) => join(root, path));
  const packages = packagesOf([...inputs, ...files.values()]);
  await writeFile(join(dist, "packages.json"), `${JSON.stringify(packages, undefined, 2)}\n`);
  return [];
}

async function manifestOf(folder: string): Promise<Manifest> {
  // Our own package.json: npm has checked it.
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
}

/** Code for the URL of a file of an app that shares a process: its migrations are in a folder of its name, beside the library. */
function urlIn({ name, folder }: Pick<BundlePart, "name" | "folder">, file: string): string {
  const path = relative(folder, file).replaceAll("\\", "/");
  return `new URL(${JSON.stringify(`../${name}/${path}`)}, import.meta.url).href`;
}

/** Copies files of packages to where Node looks for them. */
async function copyFiles(files: ReadonlyMap<string, string>, dist: string): Promise<void> {
  for (const [file, path] of files) {
    const copy = join(dist, "node_modules", file);
    await mkdir(dirname(copy), { recursive: true });
    await cp(path, copy);
  }
}

/** Returns the packages of others that files belong to, each as `name@version`. */
function packagesOf(files: Iterable<string>): string[] {
  const folders = [...files].flatMap(
    (file) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/.][^\\/]*/.exec(file)?.[0] ?? [],
  );
  const found = [...new Set(folders)].map((folder) => {
    // npm installed it, so it has both.
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
    return `${name}@${version}`;
  });
  return [...new Set(found)].sort();
}
