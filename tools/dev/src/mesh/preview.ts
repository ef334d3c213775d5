import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { findApps } from "./app.ts";
import { grouped } from "./app-group.ts";
import { npmStart, type StartOptions } from "./npm-start.ts";

/**
 * Runs the builds of a clone in production mode, in this process, until it gets a signal.
 *
 * @throws Error that names the folders of missing builds
 */
export async function preview(options: Omit<StartOptions, "mode">): Promise<void> {
  const apps = grouped(options.root, await findApps(options.root), options.groups ?? []);
  const builds = apps.map(({ dist, kind }) => join(dist, kind === "web" ? "index.html" : "main.js"));
  const missing = builds.filter((file) => !existsSync(file)).map((file) => relative(options.root, file));
  if (missing.length > 0) {
    const build = options.groups ? "run npm run mono -- --build first" : "run npm run build first";
    throw new Error(`${build}: there is no ${missing.join(", no ")}`);
  }
  await npmStart({ ...options, mode: "production" });
}
