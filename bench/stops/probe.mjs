// Preloaded into every process of a mesh: counts executed functions in the apps, and does nothing in other processes.
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { argv, env } from "node:process";

const [, , app] = /(^|\/)([^/]+)\/(?:dist|src)\/main\.[jt]s$/.exec(argv[1] ?? "") ?? [];
if (app && env.STOPS_FOLDER) await startProbe(join(env.STOPS_FOLDER, `${app}.sock`));

/** Responds with the scripts and functions that were executed since the last request. */
async function startProbe(socket) {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  const server = createServer(async (_request, response) => {
    const { result } = await session.post("Profiler.takePreciseCoverage");
    const scripts = result.filter(({ url }) => url.startsWith("file:") && !url.includes("/node_modules/"));
    response.end(JSON.stringify(scripts));
  });
  // An app that restarts takes the place of the last one.
  rmSync(socket, { force: true });
  server.listen(socket).unref();
}
