import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { testPostgres } from "@mesh/testing";
import { sql } from "drizzle-orm";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { openThings, type Things } from "../fixtures/things.ts";

test("a statement is cancelled over TLS if its connection uses TLS", async () => {
  await using postgres = await testPostgres();
  await useTls(postgres.adminUrl);
  await using store = await openThings(`${postgres.url}?sslmode=no-verify`, { poolSize: 1 });
  await expect.poll(() => connectionOf(store)).toMatchObject({ ssl: true });
  const before = await connectionOf(store);
  const scope = { signal: AbortSignal.timeout(200), deadline: Infinity };
  const napping = Promise.resolve(store.bind(scope).execute(sql`select pg_sleep(9)`));
  await expect(napping).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  // A connection whose statement could not be cancelled would have been closed.
  expect(await connectionOf(store)).toEqual(before);
});

async function connectionOf({ db }: Things): Promise<unknown> {
  return (await db.execute(sql`select pid, ssl from pg_stat_ssl where pid = pg_backend_pid()`)).rows[0];
}

/** Makes a PostgreSQL accept TLS, with a certificate of its own. */
async function useTls(adminUrl: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mesh-tls-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, "key"), join(folder, "crt")];
  const own = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key];
  await promisify(execFile)("openssl", ["req", "-x509", "-days", "1", ...own, "-subj", "/CN=postgres", "-out", cert]);
  await chmod(key, 0o600);
  const client = new pg.Client(adminUrl);
  await client.connect();
  for (const [name, value] of [
    ["ssl_cert_file", cert],
    ["ssl_key_file", key],
    ["ssl", "on"],
  ]) {
    await client.query(`alter system set ${name} = '${value}'`);
  }
  await client.query("select pg_reload_conf()");
  await client.end();
}
