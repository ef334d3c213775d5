import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PortTakenError } from "../ports/taken-port.ts";
import { commandOf } from "../process/command-line.ts";
import { createDatabase } from "./database.ts";
import { type PostgresOptions, startPostgres } from "./postgres.ts";
import { asOtherUser, inNamespace } from "./postgres-account.ts";
import { findPostgres } from "./postgres-binary.ts";
import type { RunningServer } from "./server.ts";

let dir: string;
const running: RunningServer[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "mesh postgres "));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(dir, { recursive: true, force: true });
});

describe("startPostgres", () => {
  test("keeps its data after kill -9", async () => {
    const first = await start({ dir });
    await query(first.url, "CREATE TABLE t AS SELECT 42 AS answer");
    process.kill(first.pid, "SIGKILL");
    await first.exited;
    const second = await start({ dir });
    expect(await query(second.url, "SELECT answer FROM t")).toEqual([{ answer: 42 }]);
  });

  test("starts again although sessions outlive the killed server", async () => {
    const first = await start({ dir });
    const client = new Client({ connectionString: first.url });
    client.on("error", () => {});
    await client.connect();
    // A stopped session does not notice the kill until it continues.
    const [{ pid }] = (await client.query("SELECT pg_backend_pid() AS pid")).rows;
    process.kill(pid, "SIGSTOP");
    process.kill(first.pid, "SIGKILL");
    await first.exited;
    const second = start({ dir });
    await expect.poll(() => readFile(join(dir, "postgres.log"), "utf8")).toContain("pre-existing shared memory block");
    process.kill(pid, "SIGCONT");
    expect(await query((await second).url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await client.end().catch(() => {});
  });

  test("ends the server that an earlier run left behind", async () => {
    const first = await start({ dir });
    const second = await start({ dir });
    await first.exited;
    expect(await query(second.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("leaves another process alone that has the process id in the lock file", async () => {
    await (await start({ dir })).stop();
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const lock = `${other.pid}\n${join(dir, "data")}\n1\n5432\n\n\n\nready\n`;
    await writeFile(join(dir, "data", "postmaster.pid"), lock);
    await start({ dir });
    const command = await commandOf(other.pid ?? 0);
    other.kill("SIGKILL");
    expect(command).toContain("setInterval");
  });

  test("starts after a kill during the creation of its folder", async () => {
    await mkdir(join(dir, "unfinished"));
    await writeFile(join(dir, "unfinished", "PG_VERSION"), "18\n");
    await start({ dir });
  });

  test("rejects the port of another server, which keeps running", async () => {
    const first = await start({ dir: join(dir, "one") });
    await expect(start({ dir: join(dir, "two"), port: first.port })).rejects.toThrow(PortTakenError);
    expect(await query(first.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("reports the end of its log if it cannot start", async () => {
    await (await start({ dir })).stop();
    await writeFile(join(dir, "data", "postgresql.conf"), "no_such_setting = 1\n");
    await expect(start({ dir })).rejects.toThrow(/PostgreSQL did not start.*no_such_setting/s);
  });
});

describe.skipIf(process.getuid?.() !== 0)("started by root", () => {
  test("runs in a folder that no other user may read", async () => {
    await chmod(dir, 0o700);
    await start({ dir: join(dir, "deep") });
  });

  test("runs as another user if namespaces are not available", async () => {
    await chmod(dir, 0o755);
    const server = await start({ dir: join(dir, "deep"), account: asOtherUser });
    expect(await query(server.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("runs as another user that cannot reach the folder", async () => {
    await chmod(dir, 0o700);
    const deep = join(dir, "deep");
    const server = await start({ dir: deep, account: asOtherUser });
    await query(server.url, "CREATE TABLE t AS SELECT 42 AS answer");
    await server.stop();
    const again = await start({ dir: deep, account: asOtherUser });
    expect(await query(again.url, "SELECT answer FROM t")).toEqual([{ answer: 42 }]);
    await again.stop();
    await rm(await realpath(join(deep, "elsewhere")), { recursive: true });
  });

  test("runs as the owner of the data", async () => {
    await chmod(dir, 0o755);
    const deep = join(dir, "deep");
    await (await start({ dir: deep, account: asOtherUser })).stop();
    expect(await inNamespace(await findPostgres(), deep)).toBeUndefined();
    await start({ dir: deep });
  });
});

test("createDatabase creates a database and its owner once, and returns the same URL each time", async () => {
  const server = await start({ dir });
  const urls = await Promise.all([1, 2, 3].map(() => createDatabase(server.url, "shop")));
  expect(new Set(urls).size).toBe(1);
  const [url = ""] = urls;
  await query(url, "CREATE TABLE t AS SELECT 42 AS answer");
  expect(await query(await createDatabase(server.url, "shop"), "SELECT answer FROM t")).toEqual([{ answer: 42 }]);
});

test("createDatabase needs an account that may create databases and roles, but no superuser", async () => {
  const server = await start({ dir });
  await query(server.url, "CREATE ROLE admin LOGIN CREATEDB CREATEROLE PASSWORD 'secret'");
  const admin = Object.assign(new URL(server.url), { username: "admin", password: "secret" }).href;
  const url = await createDatabase(admin, "shop");
  expect(await query(url, "SELECT current_user AS name")).toEqual([{ name: "shop" }]);
});

async function start(options: PostgresOptions): Promise<RunningServer> {
  const server = await startPostgres(options);
  running.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
