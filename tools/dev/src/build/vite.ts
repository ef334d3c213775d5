import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { keepProcess } from "../process/keeper.ts";

/** The script of an app's vite. */
export function viteOf(folder: string): string {
  const manifest = createRequire(join(folder, "package.json")).resolve("vite/package.json");
  return join(dirname(manifest), "bin", "vite.js");
}

/**
 * Has the packages of a page bundled by a process of its own, if that is yet to be done: vite's server would do it too,
 * and never give back the 400 MB that it takes. Whether it worked is no matter here: the server sees for itself.
 */
export function bundlePackages(folder: string): Promise<void> {
  const args = [viteOf(folder), "optimize", "--logLevel=silent"];
  return new Promise((resolve) => {
    keepProcess(execFile(process.execPath, args, { cwd: folder, windowsHide: true }, () => resolve()));
  });
}
