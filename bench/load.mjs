// Contracts are TypeScript, which Node 20 can't import, so a benchmark bundles the parts that it needs.
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Imports a module that is given as source, as if it stood in shared/contracts. `external`: packages to import as they are. */
export async function load(contents, external = []) {
  const folder = mkdtempSync(join(root, "node_modules/.mesh-bench-"));
  const outfile = join(folder, "bench.mjs");
  try {
    const stdin = { contents, resolveDir: join(root, "shared/contracts"), loader: "js" };
    buildSync({
      stdin,
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      logLevel: "error",
      external,
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
