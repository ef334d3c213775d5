import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type BuildFailure, type BuildResult, build, type Message, type Plugin } from "esbuild";
import { withCompiler } from "./esbuild-process.ts";

/** What became of a build. */
export interface Built {
  /** What is wrong, each as file:line:column and text; empty: nothing. */
  readonly errors: readonly string[];
  /** Whether the program differs from the last one that was built. */
  readonly isNew: boolean;
  /** The files it was built from. */
  readonly inputs: readonly string[];
}

/** Builds one app, again and again. */
export interface Bundler {
  build(): Promise<Built>;
  close(): Promise<void>;
}

type Options = { write: false; metafile: true };

/** Packages that are not ours stay outside: Node loads them from node_modules. */
const external: Plugin = {
  name: "external",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      // Every contract is in it, and only reflection reads it: a service must not start again for another one's contract.
      if (path === "@mesh/contracts/descriptors") return { external: true };
      if (kind === "entry-point" || path.startsWith("@mesh/") || path.startsWith("#")) return undefined;
      return /^[A-Za-z]:/.test(path) ? undefined : { external: true };
    });
  },
};

/** Prepares to build src/main.ts, and src/seed.ts where there is one, of an app into its dist folder. */
export async function openBundler(root: string, folder: string): Promise<Bundler> {
  let [lastProgram, lastFiles] = ["", ""];
  return {
    async build() {
      const result = await bundle(root, folder);
      if (result.errors.length > 0) return { errors: result.errors.map(format), isNew: false, inputs: [] };
      // A new seed, or a map that points elsewhere, is no reason to start again.
      const program = hashOf(result, /main\.js$/);
      const files = hashOf(result, /./);
      if (files !== lastFiles) await write(result);
      const isNew = program !== lastProgram;
      [lastProgram, lastFiles] = [program, files];
      return { errors: [], isNew, inputs: Object.keys(result.metafile.inputs).map((file) => resolve(root, file)) };
    },
    close: async () => {},
  };
}

/**
 * Builds from nothing each time: that takes two tenths of a second, while a compiler that remembers what it built takes
 * 100 MB for five apps.
 */
function bundle(root: string, folder: string): Promise<BuildResult<Options>> {
  const entries = ["main", "seed"].map((name) => join(folder, "src", `${name}.ts`));
  return withCompiler(() =>
    build({
      absWorkingDir: root,
      entryPoints: entries.filter((entry) => existsSync(entry)),
      outdir: join(folder, "dist"),
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      target: "node20",
      format: "esm",
      sourcemap: "linked",
      // Some packages are CommonJS; what is bundled of them may call require.
      banner: { js: 'import { createRequire as $$r } from "node:module"; const require = $$r(import.meta.url);' },
      logLevel: "silent",
      plugins: [external],
    }).catch(asFailure),
  );
}

function asFailure(failure: BuildFailure): BuildResult<Options> {
  if (!Array.isArray(failure.errors)) throw failure;
  return { ...failure, outputFiles: [], metafile: { inputs: {}, outputs: {} }, mangleCache: {} };
}

function hashOf({ outputFiles }: BuildResult<Options>, which: RegExp): string {
  const hash = createHash("sha256");
  for (const { path, contents } of outputFiles) if (which.test(path)) hash.update(contents);
  return hash.digest("hex");
}

async function write({ outputFiles }: BuildResult<Options>): Promise<void> {
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
}

function format({ location, text }: Message): string {
  if (!location) return text;
  const { file, line, column, lineText } = location;
  return `${file}:${line}:${column + 1}: ${text}\n    ${lineText.trim()}`;
}
