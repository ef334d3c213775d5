import { createHmac, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { natsLoginOf, natsUsers, urlWithLogin } from "@mesh/dev";
import { createAuthority, issueCertificate } from "@mesh/dev/authority";
import { deployedApps, type MeshProcess } from "../processes.ts";
import { natsServers } from "./compose.ts";

const yearMs = 365 * 24 * 3_600_000;

/**
 * Writes passwords, certificates and the users of NATS to a folder, unless it has them. All are derived from the file `root`, or
 * signed by the authority, which are made once. The folder is only for its owner; containers read the files in it.
 */
export async function writeSecrets(root: string, folder: string, processes: readonly MeshProcess[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const secret = await kept(folder, "root", async () => randomBytes(32).toString("base64url"));
  const derived = (purpose: string) => createHmac("sha256", secret).update(purpose).digest("base64url");
  await writeFile(join(folder, "postgres"), derived("postgres"));
  await writeFile(join(folder, "grafana"), derived("grafana"));
  const admin = `KC_BOOTSTRAP_ADMIN_USERNAME=admin\nKC_BOOTSTRAP_ADMIN_PASSWORD=${derived("keycloak")}\n`;
  await writeFile(join(folder, "keycloak.env"), admin);
  await writeFile(join(folder, "databases.sql"), databasesSql(processes, derived));
  const apps = await deployedApps(root);
  const authorization = { users: (await natsUsers(root, apps, derived("nats"))).map(toNats) };
  await writeFile(join(folder, "users.conf"), `authorization: ${JSON.stringify(authorization, undefined, 2)}\n`);
  for (const one of processes) {
    const app = apps.find(({ name }) => name === one.name);
    const login = app && natsLoginOf(app, derived("nats"));
    const urls = natsServers.map((name) => `nats://${name}:4222`);
    const settings: Readonly<Record<string, string>> = {
      NATS_URL: urls.map((url) => (login ? urlWithLogin(url, login) : url)).join(","),
      ...Object.fromEntries(one.databases.map(({ name, variable }) => [variable, urlOf(name, derived(name))])),
      ...(one.isGateway && { COOKIE_SECRET: derived("cookies") }),
    };
    const own = join(folder, "settings", one.name);
    await mkdir(own, { recursive: true });
    for (const [name, value] of Object.entries(settings)) await writeFile(join(own, name), value);
  }
  await writeCertificates(folder, processes);
}

/** They are valid for a year. Remove the folder `tls` to get new ones. */
async function writeCertificates(folder: string, processes: readonly MeshProcess[]): Promise<void> {
  const notAfter = new Date(Date.now() + yearMs);
  const create = async () => JSON.stringify(await createAuthority({ notAfter }));
  const authority: Awaited<ReturnType<typeof createAuthority>> = JSON.parse(
    await kept(folder, "authority.json", create),
  );
  for (const { name, meshNames } of processes) {
    const own = join(folder, "tls", name);
    await mkdir(own, { recursive: true });
    await kept(own, "ca.crt", async () => {
      const { cert, key } = await issueCertificate(authority, { names: meshNames, notAfter });
      await writeFile(join(own, "tls.crt"), cert);
      await writeFile(join(own, "tls.key"), key);
      return authority.cert;
    });
  }
}

function databasesSql(processes: readonly MeshProcess[], derived: (purpose: string) => string): string {
  const names = processes.flatMap(({ databases }) => databases.map(({ name }) => name));
  return names
    .map((name) => {
      return `CREATE ROLE "${name}" LOGIN PASSWORD '${derived(name)}';
CREATE DATABASE "${name}" OWNER "${name}";
REVOKE ALL ON DATABASE "${name}" FROM PUBLIC;
`;
    })
    .join("");
}

function urlOf(database: string, password: string): string {
  return `postgres://${database}:${password}@postgres:5432/${database}`;
}

function toNats({ name, password, publish, subscribe }: Awaited<ReturnType<typeof natsUsers>>[number]) {
  return { user: name, password, permissions: { publish: { allow: publish }, subscribe: { allow: subscribe } } };
}

/** Returns the content of a file, which is created if it is missing. */
async function kept(folder: string, name: string, create: () => Promise<string>): Promise<string> {
  const file = join(folder, name);
  const known = await readFile(file, "utf8").catch(() => undefined);
  if (known !== undefined) return known;
  const content = await create();
  await writeFile(file, content);
  return content;
}
