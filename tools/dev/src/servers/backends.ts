import { join } from "node:path";
import { checkExistingServers, type ExistingServers } from "./existing-servers.ts";
import { reloadUsers, startNats } from "./nats.ts";
import { type NatsLogin, type NatsUser, urlWithLogin } from "./nats-users.ts";
import { startPostgres } from "./postgres.ts";
import { type RestartedServer, startWithRestarts } from "./restarted-server.ts";

/** The servers that the services of a mesh use. */
export interface Backends {
  /** The administrator's URL. */
  readonly natsUrl: string;
  /** The administrator's URL. */
  readonly postgresUrl: string;
  /** Returns the URL of NATS with a login. It is that of the settings, if they name a server. */
  natsUrlFor(login: NatsLogin): string;
  /** Replaces the users of NATS, the administrator first. Does nothing if they did not change. */
  replaceNatsUsers(users: readonly NatsUser[]): Promise<void>;
  stop(): Promise<void>;
}

/** Settings of the servers. */
export interface BackendOptions {
  /** The folder for their data. */
  readonly folder: string;
  readonly existing: ExistingServers;
  /** The users of NATS, the administrator first. */
  readonly natsUsers: readonly NatsUser[];
  readonly onNotice: (text: string) => void;
}

/**
 * Starts NATS and PostgreSQL, or uses the servers that the settings name.
 *
 * @throws SettingsError that names the unusable servers
 */
export async function openBackends({ folder, existing, natsUsers, onNotice }: BackendOptions): Promise<Backends> {
  let users = natsUsers;
  const natsDir = join(folder, "nats");
  await checkExistingServers(existing);
  const { NATS_URL, MESH_POSTGRES_URL } = existing;
  const [nats, postgres] = await bothOrNone(
    NATS_URL
      ? existingServer(NATS_URL)
      : startWithRestarts({
          name: "NATS",
          start: (options) => startNats({ ...options, users }),
          dir: natsDir,
          onNotice,
        }),
    MESH_POSTGRES_URL
      ? existingServer(MESH_POSTGRES_URL)
      : startWithRestarts({ name: "PostgreSQL", start: startPostgres, dir: join(folder, "postgres"), onNotice }),
  );
  return {
    natsUrl: nats.url,
    postgresUrl: postgres.url,
    natsUrlFor: (login) => NATS_URL ?? urlWithLogin(nats.url, login),
    async replaceNatsUsers(next) {
      if (NATS_URL || JSON.stringify(next) === JSON.stringify(users)) return;
      users = next;
      await reloadUsers(natsDir, nats.pid, next);
    },
    stop: async () => void (await Promise.all([nats.stop(), postgres.stop()])),
  };
}

async function existingServer(url: string): Promise<RestartedServer> {
  return { url, pid: 0, stop: async () => {} };
}

/** Waits for both servers; if one does not start, stops the other. */
async function bothOrNone(...starting: [Promise<RestartedServer>, Promise<RestartedServer>]) {
  const failed = (await Promise.allSettled(starting)).find((result) => result.status === "rejected");
  if (!failed) return Promise.all(starting);
  await Promise.allSettled(starting.map(async (server) => (await server).stop()));
  throw failed.reason;
}
