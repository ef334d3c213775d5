import { createHmac } from "node:crypto";
import { Client } from "pg";

/** Identifies the advisory lock that serializes the creation of databases on a server. Any unused number works. */
const lockNumber = 7_150_431;

/**
 * Creates a database, and a role of the same name that owns it, unless they exist. Returns the role's URL. The role's
 * password is derived from the administrator's, so it is the same each time and is not stored.
 *
 * @param adminUrl the URL of an account that may create databases and roles
 */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  const password = createHmac("sha256", new URL(adminUrl).password).update(name).digest("base64url");
  await withClient(adminUrl, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [lockNumber]);
    await createRole(client, name, password);
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount) return;
    const quoted = client.escapeIdentifier(name);
    await client.query(`CREATE DATABASE ${quoted} OWNER ${quoted}`);
    await client.query(`REVOKE ALL ON DATABASE ${quoted} FROM PUBLIC`);
  });
  const url = new URL(adminUrl);
  return Object.assign(url, { username: name, password, pathname: `/${name}` }).href;
}

/** Drops a database, with its sessions and its role. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const quoted = client.escapeIdentifier(name);
    await client.query(`DROP DATABASE IF EXISTS ${quoted} WITH (FORCE)`);
    await client.query(`DROP ROLE IF EXISTS ${quoted}`);
  });
}

async function createRole(client: Client, name: string, password: string): Promise<void> {
  const quoted = client.escapeIdentifier(name);
  const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [name]);
  const verb = rowCount ? "ALTER" : "CREATE";
  await client.query(`${verb} ROLE ${quoted} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
  // An administrator that is not a superuser may create databases only for roles that it is a member of.
  if (!rowCount) await client.query(`GRANT ${quoted} TO CURRENT_USER`);
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
