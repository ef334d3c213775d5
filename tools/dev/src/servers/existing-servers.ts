import { connect } from "node:net";
import { SettingsError } from "@mesh/runtime";
import { Client } from "pg";

/** The settings that name servers to use instead of embedded ones. */
export interface ExistingServers {
  readonly NATS_URL?: string | undefined;
  readonly MESH_POSTGRES_URL?: string | undefined;
}

const timeoutMs = 5_000;

/** Checks that the servers in the settings can be used. @throws SettingsError that names the unusable ones */
export async function checkExistingServers({ NATS_URL, MESH_POSTGRES_URL }: ExistingServers): Promise<void> {
  const reasons = await Promise.all([
    NATS_URL && reasonOf(checkNats(NATS_URL), "NATS_URL", "a running NATS"),
    MESH_POSTGRES_URL &&
      reasonOf(checkPostgres(MESH_POSTGRES_URL), "MESH_POSTGRES_URL", "a PostgreSQL that accepts this account"),
  ]);
  const wrong = reasons.filter(Boolean);
  if (wrong.length > 0) throw new SettingsError(`unusable servers:\n${wrong.join("\n")}`);
}

/** Returns the line about a failed check, or an empty string. */
async function reasonOf(check: Promise<void>, name: string, expected: string): Promise<string> {
  return check.then(
    () => "",
    (error: Error) => `  ${name}: ${error.message}; expected: ${expected}`,
  );
}

/** A NATS server greets each client with a line that begins with INFO. */
function checkNats(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 4222), timeout: timeoutMs });
    socket.once("data", (data) => {
      socket.destroy();
      if (data.toString().startsWith("INFO ")) resolve();
      else reject(new Error(`${hostname}:${port} is not a NATS server`));
    });
    socket.once("timeout", () => socket.destroy(new Error(`${hostname}:${port} does not respond`)));
    socket.once("error", reject);
  });
}

async function checkPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: timeoutMs });
  try {
    await client.connect();
    const sql = "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) AS may FROM pg_roles WHERE rolname = current_user";
    if (!(await client.query(sql)).rows[0]?.may) throw new Error("this account may not create databases and roles");
  } finally {
    await client.end().catch(() => {});
  }
}
