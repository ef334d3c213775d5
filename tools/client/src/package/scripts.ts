import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Entry } from "./entries.ts";

/** Our own modules start nothing when they are imported, so what nobody uses of them is left out. */
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

/** Bundles the entries into a folder; what they share is there once. Answers the packages of npm that they import. */
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
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  return new Set(imports.filter(({ external }) => external).map(({ path }) => packageOf(path)));
}

/** `@scope/name` of `@scope/name/sub/path`. */
export function packageOf(specifier: string): string {
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}
