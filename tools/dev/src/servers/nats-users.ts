import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a client of NATS logs in with. */
export interface NatsLogin {
  readonly name: string;
  readonly password: string;
}

/** A user of a nats-server, and the subjects that it may use. All others are denied. */
export interface NatsUser extends NatsLogin {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The file with the users, in the folder of the server. */
export const usersFile = "users.conf";

/** Writes the users in one step. Only the owner of the file may read its passwords. */
export async function writeUsers(dir: string, users: readonly NatsUser[]): Promise<void> {
  const entries = users.map(({ name, password, publish, subscribe }) => {
    return { user: name, password, permissions: { publish: { allow: publish }, subscribe: { allow: subscribe } } };
  });
  const file = join(dir, usersFile);
  await writeFile(`${file}.draft`, `authorization: ${JSON.stringify({ users: entries }, undefined, 2)}\n`, {
    mode: 0o600,
  });
  await rename(`${file}.draft`, file);
}

/** Returns the URL of a server with a login, instead of the one that it has. */
export function urlWithLogin(url: string, { name, password }: NatsLogin): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${encodeURIComponent(name)}:${encodeURIComponent(password)}@${host}`;
}
