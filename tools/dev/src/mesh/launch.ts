import { existsSync } from "node:fs";
import { join } from "node:path";
import { programFolder } from "../build/bundler.ts";
import { viteOf } from "../build/vite.ts";
import type { Launch } from "../process/child.ts";
import { type App, partsOf } from "./app.ts";
import type { Mode } from "./mode.ts";
import type { Replica } from "./replicas.ts";

/** The first port for debuggers: the default of Node. */
const firstInspectPort = 9229;

/** Returns how to run the build for production of an app. */
export function buildLaunchOf({ app }: Replica, env: NodeJS.ProcessEnv): Launch {
  return { args: [join(app.dist, "main.js")], cwd: app.dist, env };
}

/** Returns how to run a replica of an app in development. @param inspected names of the apps to debug */
export function launchOf(replica: Replica, env: NodeJS.ProcessEnv, inspected: readonly string[]): Launch {
  const { app } = replica;
  const args =
    app.kind === "web" ? [viteOf(app.folder), "--clearScreen=false", "--logLevel=warn"] : programOf(replica, inspected);
  return { args, cwd: app.folder, env };
}

/** Returns how to run the programs that add example data to a service. Most have none. */
export function seedsOf(app: App, env: NodeJS.ProcessEnv, mode: Mode): Launch[] {
  const programs = mode === "production" ? app.dist : join(app.folder, programFolder);
  const seeded = partsOf(app).filter(({ folder }) => existsSync(join(folder, "src", "seed.ts")));
  return seeded.map(({ name }) => {
    const program = join(programs, app.parts ? `seed-${name}.js` : "seed.js");
    return { args: ["--enable-source-maps", program], cwd: app.folder, env };
  });
}

/** Returns the debugger port of a replica, or undefined if it is not debugged. Of an app, the first replica is. */
export function inspectPortOf({ app, number }: Replica, inspected: readonly string[]): number | undefined {
  const index = inspected.indexOf(app.name);
  return index < 0 || number > 1 ? undefined : firstInspectPort + index;
}

function programOf(replica: Replica, inspected: readonly string[]): string[] {
  const port = inspectPortOf(replica, inspected);
  const inspect = port ? [`--inspect=127.0.0.1:${port}`] : [];
  return ["--enable-source-maps", ...inspect, join(replica.app.folder, programFolder, "main.js")];
}
