import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import type { Entry } from "./entries.ts";

/** Marks our modules as free of side effects, so that unused exports are removed. Importing them starts nothing. */
const ours: Plugin = {
  name: "ours",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@mesh\// }, async ({ path, pluginData, ...from }) => {
      if (pluginData === "resolved") return undefined;
      return { ...(await resolve(path, { ...from, pluginData: "resolved" })), sideEffects: false };
    });
    onResolve({ filter: /^\./ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === "resolved" || from.kind === "entry-point") return undefined;
      return { ...(await resolve(path, { ...from, pluginData: "resolved" })), sideEffects: false };
    });
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      return kind === "entry-point" || path.startsWith("@mesh/") ? undefined : { path, external: true };
    });
  },
};

/** Bundles the entries into a folder, with shared chunks. Returns the npm packages that they import. */
export async function writeScripts(root: string, entries: readonly Entry[], out: string): Promise<Set<string>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries.map(({ name, source }) => ({ in: join(root, source), out: name })),
    outdir: out,
    bundle: true,
    splitting: true,
    metafile: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    chunkNames: "chunks/[hash]",
    logLevel: "error",
    plugins: [ours],
  });
  const outputs = reachable(metafile);
  // What only an unused function would import later is written, too.
  for (const path of Object.keys(metafile.outputs)) if (!outputs.has(path)) await rm(join(root, path));
  const imports = [...outputs.values()].flatMap((output) => output.imports);
  return new Set(imports.filter(({ external }) => external).map(({ path }) => packageOf(path)));
}

/** Returns the files that the entries import, at any depth, and the entries themselves, by path. */
function reachable({ outputs }: Metafile): Map<string, Metafile["outputs"][string]> {
  const entries = Object.entries(outputs).filter(([path]) => !path.includes("/chunks/"));
  const found = new Map(entries);
  // Iterating a map includes what is added meanwhile.
  for (const [, { imports }] of found) {
    for (const { path } of imports) {
      const output = outputs[path];
      if (output) found.set(path, output);
    }
  }
  return found;
}

/** Returns `@scope/name` for `@scope/name/sub/path`. */
export function packageOf(specifier: string): string {
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}
