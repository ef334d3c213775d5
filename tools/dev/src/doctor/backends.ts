import { Client } from "pg";
import { type Check, fail, pass, reasonOf, warn } from "./check.mjs";

/** The longest wait for a server, in milliseconds. */
export const timeoutMs = 5_000;

/** The oldest PostgreSQL that its community still maintains. */
const oldestPostgres = 14;

/**
 * Connects to NATS as a process does, and checks that it has JetStream.
 *
 * @param list the URLs of a cluster, separated by commas
 * @param creds the text of a credentials file, or the seed of an nkey; undefined: the login is in the first URL
 */
export async function checkNats(list: string, creds: string | undefined): Promise<Check> {
  const servers = list.split(",").map((url) => new URL(url.trim()));
  const hosts = servers.map(({ host }) => host).join(", ");
  const [{ username, password } = { username: "", password: "" }] = servers;
  // Loaded late: most checks don't need it.
  const nats = await import("nats");
  try {
    const isFile = creds?.includes("-----BEGIN");
    const authenticator = isFile ? nats.credsAuthenticator : nats.nkeyAuthenticator;
    const connection = await nats.connect({
      servers: servers.map(({ host }) => host),
      ...(creds && {
        authenticator: authenticator(new TextEncoder().encode(isFile ? `${creds.trim()}\n` : creds.trim())),
      }),
      ...(username && password && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      ...(username && !password && { token: decodeURIComponent(username) }),
      ...(servers.some(({ protocol }) => protocol === "tls:") && { tls: {} }),
      timeout: timeoutMs,
      maxReconnectAttempts: 0,
      name: "doctor",
    });
    const { version, jetstream } = connection.info ?? {};
    await connection.close();
    if (jetstream) return pass("NATS", `${version} at ${hosts}, with JetStream`);
    return fail(
      "NATS",
      `${version} at ${hosts} has no JetStream`,
      "start nats-server with -js, or jetstream in its configuration",
    );
  } catch (error) {
    const { code } = error as { code?: string }; // An error of the library, if it has one.
    const reason = code === "CONNECTION_REFUSED" ? "does not accept connections" : `does not work: ${reasonOf(error)}`;
    return fail("NATS", `${hosts} ${reason}`, "start it, or correct NATS_URL: docs/identity.md#nats-and-postgresql");
  }
}

/** Connects to the database of a process. */
export async function checkDatabase(url: string): Promise<Check> {
  const { host, pathname } = new URL(url);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs });
  try {
    await client.connect();
    const { rows } = await client.query("SHOW server_version");
    const version = String(rows[0]?.server_version).split(" ")[0] ?? "";
    if (Number.parseInt(version, 10) >= oldestPostgres) return pass("PostgreSQL", `${version} at ${host}`);
    return warn(
      "PostgreSQL",
      `${version} at ${host} gets no fixes any more`,
      `upgrade it to ${oldestPostgres} or later`,
    );
  } catch (error) {
    const fix = "start it, or correct DATABASE_URL: docs/identity.md#nats-and-postgresql";
    return fail("PostgreSQL", `${host}${pathname} does not work: ${reasonOf(error)}`, fix);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Reads the metrics of a process. */
export async function checkMetrics(host: string, port: number): Promise<Check> {
  // A process that listens on all addresses is reached by the local one.
  const reached = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const url = `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}/metrics`;
  const fix = "start the process with METRICS_PORT: docs/telemetry.md#export-metrics";
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    if (!response.ok) return fail("Metrics", `${url} responds with ${response.status}`, fix);
    return pass("Metrics", `${(text.match(/^# TYPE /gm) ?? []).length} at ${url}`);
  } catch (error) {
    return fail("Metrics", `${url} does not respond: ${reasonOf(error)}`, fix);
  }
}
