import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SettingsError } from "@mesh/runtime";
import { Client } from "pg";
import type { DevSettings } from "./dev-settings.ts";
import { type ServerOptions, startNats } from "./nats.ts";
import { startPostgres } from "./postgres.ts";
import type { RunningServer } from "./server.ts";

/** What the services of a mesh stand on. */
export interface Backends {
  readonly natsUrl: string;
  /** The administrator's. */
  readonly postgresUrl: string;
  stop(): Promise<void>;
}

/** How long to wait before a server that could not be started is tried again. */
const retryMs = 1_000;

type Start = (options: ServerOptions) => Promise<RunningServer>;
type Notice = (text: string) => void;

/**
 * Starts NATS and PostgreSQL, or takes the servers that the settings name.
 *
 * @throws SettingsError naming those that do not answer
 */
export async function openBackends(folder: string, settings: DevSettings, onNotice: Notice): Promise<Backends> {
  await checkGiven(settings);
  const { NATS_URL, MESH_POSTGRES_URL } = settings;
  const opening = [
    NATS_URL ? given(NATS_URL) : keepRunning("NATS", startNats, join(folder, "nats"), onNotice),
    MESH_POSTGRES_URL
      ? given(MESH_POSTGRES_URL)
      : keepRunning("PostgreSQL", startPostgres, join(folder, "postgres"), onNotice),
  ] as const;
  const failed = (await Promise.allSettled(opening)).find((result) => result.status === "rejected");
  if (failed) {
    await Promise.allSettled(opening.map(async (server) => (await server).stop()));
    throw failed.reason;
  }
  const [nats, postgres] = await Promise.all(opening);
  return {
    natsUrl: nats.url,
    postgresUrl: postgres.url,
    stop: async () => void (await Promise.all([nats.stop(), postgres.stop()])),
  };
}

async function checkGiven({ NATS_URL, MESH_POSTGRES_URL }: DevSettings): Promise<void> {
  const reasons = await Promise.all([
    NATS_URL && reasonNotReachable("NATS_URL", "a NATS that answers", natsAnswers(NATS_URL)),
    MESH_POSTGRES_URL &&
      reasonNotReachable(
        "MESH_POSTGRES_URL",
        "a PostgreSQL that lets this account in",
        postgresAnswers(MESH_POSTGRES_URL),
      ),
  ]);
  const wrong = reasons.filter(Boolean);
  if (wrong.length > 0) throw new SettingsError(`servers that can't be used:\n${wrong.join("\n")}`);
}

async function reasonNotReachable(name: string, expected: string, attempt: Promise<void>): Promise<string> {
  return attempt.then(
    () => "",
    (error: Error) => `  ${name}: ${error.message}; expected: ${expected}`,
  );
}

function natsAnswers(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 4222), timeout: 5_000 });
    socket.once("data", (data) => {
      socket.destroy();
      if (data.toString().startsWith("INFO ")) resolve();
      else reject(new Error(`${hostname}:${port} is something else`));
    });
    socket.once("timeout", () => socket.destroy(new Error(`${hostname}:${port} does not answer`)));
    socket.once("error", reject);
  });
}

async function postgresAnswers(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const sql = "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) AS may FROM pg_roles WHERE rolname = current_user";
    if (!(await client.query(sql)).rows[0]?.may) throw new Error("this account may not create databases and roles");
  } finally {
    await client.end().catch(() => {});
  }
}

async function given(url: string) {
  return { url, stop: async () => {} };
}

/** Starts a server, and starts it again, at the same address, when it ends without being asked to. */
async function keepRunning(name: string, start: Start, dir: string, onNotice: Notice) {
  let server = await start({ dir });
  let isStopping = false;

  async function watch(): Promise<void> {
    await server.exited;
    while (!isStopping) {
      onNotice(`${name} ended unexpectedly; starting it again`);
      const again = await start({ dir, port: server.port }).catch((error: Error) => onNotice(error.message));
      if (again) server = again;
      await (again ? again.exited : delay(retryMs));
    }
  }

  void watch();
  return {
    url: server.url,
    stop: () => {
      isStopping = true;
      return server.stop();
    },
  };
}
