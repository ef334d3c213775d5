import { join } from "node:path";
import { checkExistingServers, type ExistingServers } from "./existing-servers.ts";
import { startNats } from "./nats.ts";
import { startPostgres } from "./postgres.ts";
import { type RestartedServer, startWithRestarts } from "./restarted-server.ts";

/** The servers that the services of a mesh use. */
export interface Backends {
  readonly natsUrl: string;
  /** The administrator's URL. */
  readonly postgresUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts NATS and PostgreSQL, or uses the servers that the settings name.
 *
 * @param folder the folder for their data
 * @throws SettingsError that names the unusable servers
 */
export async function openBackends(
  folder: string,
  existing: ExistingServers,
  onNotice: (text: string) => void,
): Promise<Backends> {
  await checkExistingServers(existing);
  const { NATS_URL, MESH_POSTGRES_URL } = existing;
  const [nats, postgres] = await bothOrNone(
    NATS_URL
      ? existingServer(NATS_URL)
      : startWithRestarts({ name: "NATS", start: startNats, dir: join(folder, "nats"), onNotice }),
    MESH_POSTGRES_URL
      ? existingServer(MESH_POSTGRES_URL)
      : startWithRestarts({ name: "PostgreSQL", start: startPostgres, dir: join(folder, "postgres"), onNotice }),
  );
  return {
    natsUrl: nats.url,
    postgresUrl: postgres.url,
    stop: async () => void (await Promise.all([nats.stop(), postgres.stop()])),
  };
}

async function existingServer(url: string): Promise<RestartedServer> {
  return { url, stop: async () => {} };
}

/** Waits for both servers; if one does not start, stops the other. */
async function bothOrNone(...starting: [Promise<RestartedServer>, Promise<RestartedServer>]) {
  const failed = (await Promise.allSettled(starting)).find((result) => result.status === "rejected");
  if (!failed) return Promise.all(starting);
  await Promise.allSettled(starting.map(async (server) => (await server).stop()));
  throw failed.reason;
}
