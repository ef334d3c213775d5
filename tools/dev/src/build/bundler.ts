import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type BuildFailure, type BuildResult, build, type Message, type Plugin } from "esbuild";
import { builtins, requireBanner } from "./builtins.ts";
import { withEsbuild } from "./esbuild-process.ts";

/** The result of a build. */
export interface Built {
  /** The errors, each as file:line:column and text. */
  readonly errors: readonly string[];
  /** Whether the program differs from the previous build. */
  readonly isNew: boolean;
  /** The source files. */
  readonly inputs: readonly string[];
}

/** Builds one app, repeatedly. */
export interface Bundler {
  build(): Promise<Built>;
}

type Options = { write: false; metafile: true };

/**
 * Packages of others that are bundled, too, and what they import: those that a service loads at its start. Their hundreds
 * of files took half of its time and a third of its memory.
 */
const bundled =
  /^(@bufbuild\/.+|@grpc\/grpc-js|@opentelemetry\/(api|core|resources|sdk-[^/]+|semantic-conventions)|drizzle-orm|jose|nats|pg|pino|zod)(\/|$)/;

/** What they import only for features that Typemesh does not use. */
const unused = /^(@grpc\/proto-loader|pg-native|cloudflare:sockets)$/;

/** Bundles our own packages and few others; Node loads the rest from node_modules. */
const external: Plugin = {
  name: "external",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
      // It contains every contract, but only reflection reads it: a service must not restart for another's contract.
      if (path === "@mesh/contracts/descriptors") return { external: true };
      if (kind === "entry-point" || path.startsWith("@mesh/") || path.startsWith("#")) return undefined;
      if (unused.test(path)) return { external: true };
      if (bundled.test(path) || /[\\/]node_modules[\\/]/.test(importer)) return undefined;
      return /^[A-Za-z]:/.test(path) ? undefined : { external: true };
    });
  },
};

/** The folder of the compiled code, beside the program. */
const compiled = ".compiled";

/**
 * The program: runs the bundle, of which Node 22.1 and later keeps the compiled code for the next start, if it may write
 * here. The cache is written when the app has started, because a process may be killed.
 */
const starter = `const module = process.getBuiltinModule("node:module");
module.enableCompileCache?.(import.meta.dirname + "/${compiled}");
await import("./app.js");
module.flushCompileCache?.();
`;

/**
 * Creates a bundler for src/main.ts, and src/seed.ts if it exists, of an app. Writes main.js and seed.js to the app's dist
 * folder, with the files that they load, some of these only when they are needed.
 */
export function createBundler(root: string, folder: string): Bundler {
  let [lastProgram, lastFiles] = ["", ""];
  return {
    async build() {
      const result = await bundle(root, folder);
      if (result.errors.length > 0) return { errors: result.errors.map(format), isNew: false, inputs: [] };
      // While app.js remains the same, no restart is needed: a source map has changed, or a seed that shares the same code with it.
      // It names each file that it loads, with a hash of the contents.
      const program = hashOf(result, /app\.js$/);
      const files = hashOf(result, /./);
      if (files !== lastFiles) await write(join(folder, "dist"), result);
      const isNew = program !== lastProgram;
      [lastProgram, lastFiles] = [program, files];
      return { errors: [], isNew, inputs: Object.keys(result.metafile.inputs).map((file) => resolve(root, file)) };
    },
  };
}

/** Builds without a cache: this takes 0.2 s, and an incremental build would take 100 MB for five apps. */
function bundle(root: string, folder: string): Promise<BuildResult<Options>> {
  const entries = [
    { in: join(folder, "src/main.ts"), out: "app" },
    { in: join(folder, "src/seed.ts"), out: "seed" },
  ];
  return withEsbuild(() =>
    build({
      absWorkingDir: root,
      entryPoints: entries.filter((entry) => existsSync(entry.in)),
      outdir: join(folder, "dist"),
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      platform: "node",
      target: "node20",
      format: "esm",
      sourcemap: "linked",
      banner: { js: requireBanner },
      logLevel: "silent",
      plugins: [builtins, external],
    }).catch(asResult),
  );
}

function asResult(failure: BuildFailure): BuildResult<Options> {
  if (!Array.isArray(failure.errors)) throw failure;
  return { ...failure, outputFiles: [], metafile: { inputs: {}, outputs: {} }, mangleCache: {} };
}

function hashOf({ outputFiles }: BuildResult<Options>, which: RegExp): string {
  const hash = createHash("sha256");
  for (const { path, contents } of outputFiles) if (which.test(path)) hash.update(contents);
  return hash.digest("hex");
}

/** Writes a build to a folder, and removes what earlier ones left there. */
async function write(folder: string, { outputFiles }: BuildResult<Options>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  await writeFile(join(folder, "main.js"), starter);
  const current = new Set(["main.js", ...outputFiles.map(({ path }) => basename(path))]);
  for (const name of await readdir(folder)) {
    const isOurs = name === compiled || /^((main|app|seed)|.+-[A-Z0-9]{8})\.js(\.map)?$/.test(name);
    // A program that has just started may write its code there.
    if (isOurs && !current.has(name)) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

function format({ location, text }: Message): string {
  if (!location) return text;
  const { file, line, column, lineText } = location;
  return `${file}:${line}:${column + 1}: ${text}\n    ${lineText.trim()}`;
}
