import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { settingsOrExit } from "@mesh/runtime";
import { startPostgres } from "../servers/postgres.ts";
import { findApps } from "./app.ts";
import { type AppDatabase, databasePrefix, databasesOf, dropDatabases } from "./app-databases.ts";
import { runningProcess } from "./claim.ts";
import { dataFolder, filesFolder } from "./data-folder.ts";
import { onFirstLine, parse } from "./request.ts";
import { loadEnvFile, readDevSettings } from "./settings.ts";

/**
 * Removes the databases and the files of one service of a clone, also while its mesh runs; the service then creates them again.
 *
 * @param isConfirmed asks about databases
 * @returns what was done
 * @throws Error if no service of this name has a database
 */
export async function resetService(
  root: string,
  name: string,
  isConfirmed: (what: string) => Promise<boolean>,
): Promise<string> {
  const databases = await databasesOfService(root, name);
  const names = databases.map((database) => database.name).join(", ");
  if (!(await isConfirmed(`the database ${names}, and the files of ${name}`))) throw new Error("nothing was removed");
  if (await runningProcess(root)) await requestReset(root, name);
  else {
    await drop(root, databases);
    await rm(filesFolder(root, name), { recursive: true, force: true });
  }
  return `removed the database ${names}; events that ${name} consumed before are not delivered again`;
}

async function databasesOfService(root: string, name: string): Promise<readonly AppDatabase[]> {
  const apps = (await findApps(root)).filter((app) => databasesOf(app, databasePrefix).length > 0);
  const app = apps.find((one) => one.name === name);
  if (app) return databasesOf(app, databasePrefix);
  throw new Error(`no service ${name} has a database; these have one: ${apps.map((one) => one.name).join(", ")}`);
}

async function drop(root: string, databases: readonly AppDatabase[]): Promise<void> {
  loadEnvFile(root);
  const { MESH_POSTGRES_URL } = settingsOrExit(readDevSettings);
  if (MESH_POSTGRES_URL) return dropDatabases(MESH_POSTGRES_URL, databases);
  const dir = join(dataFolder(root), "postgres");
  if (!existsSync(dir)) return;
  const server = await startPostgres({ dir });
  await dropDatabases(server.url, databases).finally(server.stop);
}

/** Asks the process that runs the mesh, because the service must stop meanwhile. */
async function requestReset(root: string, name: string): Promise<void> {
  // The process that runs the mesh wrote it.
  const { port, token } = JSON.parse(await readFile(join(dataFolder(root), "run.json"), "utf8"));
  const response = await new Promise<unknown>((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" }, () =>
      socket.write(`${JSON.stringify({ reset: name, token })}\n`),
    );
    onFirstLine(socket, (line) => resolve(parse(line)));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the mesh did not respond: is it just starting or stopping?")));
  });
  if (typeof response === "object" && response && "error" in response) throw new Error(String(response.error));
}
