import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { runningProcess } from "../mesh/claim.ts";
import { dataFolder } from "../mesh/data-folder.ts";
import { readDevSettings } from "../mesh/settings.ts";
import { isFreeEverywhere } from "../ports/free-port.ts";
import { checkExistingServers, type ExistingServers } from "../servers/existing-servers.ts";
import { findNatsServer } from "../servers/nats-binary.ts";
import { findPostgres } from "../servers/postgres-binary.ts";
import { type Check, fail, pass, warn } from "./check.mjs";

const runFile = z.object({
  apps: z.record(z.string(), z.string()),
  issuer: z.string().optional(),
  console: z.string().optional(),
});

/**
 * Checks the servers and the ports that a mesh in development needs.
 *
 * @param isDeployed whether NATS_URL names the server of a deployment, so that it is not checked here
 */
export async function checkServers(root: string, isDeployed: boolean): Promise<Check[]> {
  const found = settingsOrDefaults();
  const settings = isDeployed ? { ...found, NATS_URL: undefined } : found;
  const { GATEWAY_PORT, WEB_PORT, ISSUER_PORT, CONSOLE_PORT } = settings;
  const own = (await runningProcess(root)) === undefined ? new Set<number>() : portsOfMesh(root);
  return Promise.all([
    checkServer("nats-server", "NATS_URL", settings, async () => {
      const file = await findNatsServer();
      return file.includes("node_modules") ? "from npm" : file;
    }),
    checkServer("PostgreSQL", "MESH_POSTGRES_URL", settings, async () => `${(await findPostgres()).version} from npm`),
    checkPort("GATEWAY_PORT", GATEWAY_PORT, own),
    checkPort("WEB_PORT", WEB_PORT, own),
    checkPort("ISSUER_PORT", ISSUER_PORT, own),
    checkPort("CONSOLE_PORT", CONSOLE_PORT, own),
  ]);
}

/** Wrong settings are the result of another check. */
function settingsOrDefaults() {
  try {
    return readDevSettings();
  } catch {
    return readDevSettings({});
  }
}

async function checkServer(
  name: string,
  variable: keyof ExistingServers,
  settings: ExistingServers,
  find: () => Promise<string>,
): Promise<Check> {
  try {
    if (settings[variable] === undefined) return pass(name, await find());
    await checkExistingServers({ [variable]: settings[variable] });
    return pass(name, `that of ${variable} responds`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [what = "", fix = ""] = message.split(/: (?=npm|run|npm has)/);
    if (fix) return fail(name, what, fix);
    return fail(name, message.split("\n").at(-1)?.trim() ?? message, `start that server, or unset ${variable}`);
  }
}

async function checkPort(variable: string, port: number, own: ReadonlySet<number>): Promise<Check> {
  const name = `Port ${port}`;
  if (own.has(port)) return pass(name, "used by this mesh");
  if (port === 0 || (await isFreeEverywhere(port))) return pass(name, "free");
  const fix = `end that program, or choose a port: ${variable}=${port + 100} npm start`;
  return warn(name, "used by another program; npm start takes the next free one", fix);
}

/** Returns the ports of the mesh that runs in a clone. Source: ../mesh/run-file.ts */
function portsOfMesh(root: string): Set<number> {
  const file = join(dataFolder(root), "run.json");
  if (!existsSync(file)) return new Set();
  const { apps, issuer, console } = runFile.parse(JSON.parse(readFileSync(file, "utf8")));
  const addresses = [...Object.values(apps), issuer ?? "", console ?? ""];
  return new Set(addresses.map((address) => Number(/:(\d+)/.exec(address)?.[1])));
}
