import { existsSync } from "node:fs";
import { join } from "node:path";
import { viteOf } from "../build/vite.ts";
import type { Launch } from "../process/child.ts";
import type { App } from "./app.ts";

/** The first port for debugging, Node's own default. */
const inspectPort = 9229;

/** How to run an app. */
export function launchOf(app: App, env: NodeJS.ProcessEnv, inspected: readonly string[]): Launch {
  const args =
    app.kind === "web" ? [viteOf(app.folder), "--clearScreen=false", "--logLevel=warn"] : programOf(app, inspected);
  return { args, cwd: app.folder, env };
}

/** How to run what fills a service with examples; undefined: it has none. */
export function seedOf(app: App, env: NodeJS.ProcessEnv): Launch | undefined {
  if (!existsSync(join(app.folder, "src", "seed.ts"))) return undefined;
  return { args: ["--enable-source-maps", join(app.folder, "dist", "seed.js")], cwd: app.folder, env };
}

/** On which port an app is debugged; undefined: it is not. */
export function inspectPortOf(app: App, inspected: readonly string[]): number | undefined {
  const index = inspected.indexOf(app.name);
  return index < 0 ? undefined : inspectPort + index;
}

function programOf(app: App, inspected: readonly string[]): string[] {
  const port = inspectPortOf(app, inspected);
  const inspect = port ? [`--inspect=127.0.0.1:${port}`] : [];
  return ["--enable-source-maps", ...inspect, join(app.folder, "dist", "main.js")];
}
