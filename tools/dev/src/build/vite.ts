import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { keepProcess } from "../process/keeper.ts";

/** Returns the path of the Vite script that an app uses. */
export function viteOf(folder: string): string {
  const manifest = createRequire(join(folder, "package.json")).resolve("vite/package.json");
  return join(dirname(manifest), "bin", "vite.js");
}

/**
 * Bundles the packages of a web page, unless they are bundled, in another process. Vite's server would do this too, but
 * would never free the 400 MB that it needs. Ignores errors, because the server reports them.
 */
export function bundlePackages(folder: string): Promise<void> {
  const args = [viteOf(folder), "optimize", "--logLevel=silent"];
  return new Promise((resolve) => {
    keepProcess(execFile(process.execPath, args, { cwd: folder, windowsHide: true }, () => resolve()));
  });
}
