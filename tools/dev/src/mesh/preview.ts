import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { findApps } from "./app.ts";
import { buildFolder } from "./mode.ts";
import { npmStart, type StartOptions } from "./npm-start.ts";

/**
 * Runs the builds of a clone in production mode, in this process, until it gets a signal.
 *
 * @throws Error that names the folders of missing builds
 */
export async function preview(options: Omit<StartOptions, "mode">): Promise<void> {
  const apps = await findApps(options.root);
  const builds = apps.map(({ folder, kind }) => join(folder, buildFolder, kind === "web" ? "index.html" : "main.js"));
  const missing = builds.filter((file) => !existsSync(file)).map((file) => relative(options.root, file));
  if (missing.length > 0) throw new Error(`run npm run build first: there is no ${missing.join(", no ")}`);
  await npmStart({ ...options, mode: "production" });
}
