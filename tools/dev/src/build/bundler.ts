import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { type Bundle, type BundlePart, bundle, errorsOf } from "./bundle.ts";

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

/**
 * The folder, in that of an app, to which a bundler writes. It is not `dist`, whose programs for production need no other
 * folder and remain while the app is developed.
 */
export const programFolder = ".mesh";

/**
 * Packages of others that are bundled, too, and what they import: those that a service loads at its start. Their hundreds
 * of files took half of its time and a third of its memory.
 */
const bundled =
  /^(@bufbuild\/.+|@grpc\/grpc-js|@opentelemetry\/(api|core|exporter-[^/]+|resources|sdk-[^/]+|semantic-conventions)|drizzle-orm|jose|nats|pg|pino|zod)(\/|$)/;

/** What they import only for features that Typemesh does not use. */
const unused = /^(@grpc\/proto-loader|pg-native|cloudflare:sockets)$/;

/** Bundles our own packages and few others; Node loads the rest from node_modules. */
export const external: Plugin = {
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
 * Creates a bundler for src/main.ts, and src/seed.ts if it exists, of an app in development. Writes main.js and seed.js to
 * `programFolder`, with the files that they load, some of these only when they are needed.
 *
 * @param parts the apps that share the process, if there are several
 */
export function createBundler(
  root: string,
  folder: string,
  parts?: readonly Pick<BundlePart, "name" | "folder">[],
): Bundler {
  const own = parts?.map((part) => ({ ...part, urlOf: (file: string) => JSON.stringify(pathToFileURL(file).href) }));
  let [lastProgram, lastFiles] = ["", ""];
  return {
    async build() {
      const outdir = join(folder, programFolder);
      const result = await bundle({ root, folder, parts: own, outdir, external, sourcesContent: true });
      if (result.errors.length > 0) return { errors: errorsOf(result), isNew: false, inputs: [] };
      // While app.js remains the same, no restart is needed: a source map has changed, or a seed that shares the same code with it.
      // It names each file that it loads, with a hash of the contents.
      const program = hashOf(result, /app\.js$/);
      const files = hashOf(result, /./);
      if (files !== lastFiles) await write(outdir, result);
      const isNew = program !== lastProgram;
      [lastProgram, lastFiles] = [program, files];
      return { errors: [], isNew, inputs: Object.keys(result.metafile.inputs).map((file) => resolve(root, file)) };
    },
  };
}

function hashOf({ outputFiles }: Bundle, which: RegExp): string {
  const hash = createHash("sha256");
  for (const { path, contents } of outputFiles) if (which.test(path)) hash.update(contents);
  return hash.digest("hex");
}

/** Writes a build to a folder, and removes what earlier ones left there. */
async function write(folder: string, { outputFiles }: Bundle): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  await writeFile(join(folder, "main.js"), starter);
  const current = new Set(["main.js", ...outputFiles.map(({ path }) => basename(path))]);
  for (const name of await readdir(folder)) {
    const isOurs = name === compiled || /^((main|app|seed(-.+)?)|.+-[A-Z0-9]{8})\.js(\.map)?$/.test(name);
    // A program that has just started may write its code there.
    if (isOurs && !current.has(name)) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
}
