import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** The exports of a generated module, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/** Bundles generated modules, because Node can't import types, and imports them by path, such as `a/v1/a.pb.ts`. */
export async function loadModules(folder: string): Promise<Map<string, Exports>> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => /(?<!\.d)\.ts$|\.js$/.test(path)).sort();
  const entry = join(folder, "all.mjs");
  const bundle = join(folder, "all.bundle.mjs");
  const imports = paths.map((path, index) => `import * as m${index} from ${JSON.stringify(`./${path}`)};\n`);
  await writeFile(
    entry,
    `${imports.join("")}export const all = [${paths.map((_, index) => `m${index}`).join(", ")}];\n`,
  );
  await build({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  const { all }: { all: Exports[] } = await import(pathToFileURL(bundle).href);
  await Promise.all([entry, bundle].map((path) => rm(path)));
  return new Map(paths.map((path, index) => [path, all[index] ?? {}]));
}
