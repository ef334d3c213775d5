import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { onPort } from "../ports/taken-port.ts";
import { endOrphan, pidIn } from "../process/orphan.ts";
import { chooseAccount, type PostgresAccount } from "./postgres-account.ts";
import { findPostgres, program } from "./postgres-binary.ts";
import { type RunningServer, type ServerOptions, startProcess } from "./server.ts";

/** Settings of a PostgreSQL. */
export interface PostgresOptions extends ServerOptions {
  /** Whether commits survive a power cut, and not only a kill; default: true. */
  readonly durable?: boolean;
  /** Chooses the account that it runs with. */
  readonly account?: typeof chooseAccount;
}

const run = promisify(execFile);
const superuser = "postgres";

/**
 * Starts a PostgreSQL on 127.0.0.1, with the data in the folder, or empty. The URL is the superuser's.
 *
 * @throws PortTakenError if another process has the port
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningServer> {
  await mkdir(options.dir, { recursive: true });
  const account = await (options.account ?? chooseAccount)(await findPostgres(), options.dir);
  await endEarlierRun(join(account.dir, "data"));
  const password = await initialize(account, options.host);
  const { host = localhost, durable = true } = options;
  return onPort(options.port, (port) => onceUnused(() => start(account, { host, port, password, durable })));
}

const localhost = "127.0.0.1";

/** The longest time that the sessions of a killed server hold its shared memory. */
const lingerMs = 10_000;

/** Starts a server, if necessary after the last sessions of a killed server ended. */
async function onceUnused<T>(begin: () => Promise<T>): Promise<T> {
  for (const giveUpAt = Date.now() + lingerMs; ; await delay(100)) {
    try {
      return await begin();
    } catch (error) {
      const lingers = String(error).includes("pre-existing shared memory block");
      if (!lingers || Date.now() > giveUpAt) throw error;
    }
  }
}

/** Ends a server that an earlier run left behind, and removes its lock file. */
async function endEarlierRun(data: string): Promise<void> {
  const lock = join(data, "postmaster.pid");
  const pid = await pidIn(lock);
  if (!pid) return;
  await endOrphan(pid, data, "SIGINT");
  await rm(lock, { force: true });
}

/** Creates the data folder unless it exists, in one step, and returns the password. */
async function initialize(account: PostgresAccount, host: string | undefined): Promise<string> {
  const { dir, uid } = account;
  const [data, passwordFile, unfinished] = [join(dir, "data"), join(dir, "password"), join(dir, "unfinished")];
  if (existsSync(data)) return readFile(passwordFile, "utf8");
  await rm(unfinished, { recursive: true, force: true });
  const password = randomBytes(18).toString("base64url");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (uid !== undefined) await chown(passwordFile, uid, uid);
  await runProgram(account, "initdb", [
    `--pgdata=${unfinished}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
  ]);
  if (host) await appendFile(join(unfinished, "pg_hba.conf"), "host all all samenet scram-sha-256\n");
  await rename(unfinished, data);
  return password;
}

async function runProgram(account: PostgresAccount, name: "initdb", args: readonly string[]): Promise<void> {
  const [command = "", ...rest] = [...account.prefix, program(account.root, name), ...args];
  const identity = account.uid === undefined ? {} : { uid: account.uid, gid: account.uid };
  await run(command, rest, { ...identity, cwd: account.dir, env: environment(), windowsHide: true });
}

interface Started {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly durable: boolean;
}

async function start(account: PostgresAccount, { host, port, password, durable }: Started) {
  const data = join(account.dir, "data");
  const settings = Object.entries(settingsFor(host, port, durable)).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const [command = "", ...args] = [...account.prefix, program(account.root, "postgres"), "-D", data, ...settings];
  const running = await startProcess({
    name: "PostgreSQL",
    command,
    args,
    env: environment(),
    uid: account.uid,
    port,
    logFile: join(account.dir, "postgres.log"),
    signal: "SIGINT", // a fast shutdown: ends sessions instead of waiting for them
    isReady: (pid) => isReady(join(data, "postmaster.pid"), pid),
  });
  return { ...running, url: `postgres://${superuser}:${password}@${host}:${port}/postgres` };
}

function settingsFor(host: string, port: number, durable: boolean): Record<string, string | number> {
  return {
    listen_addresses: host,
    port,
    unix_socket_directories: "", // a path of more than 107 bytes is an error
    max_connections: 200,
    shared_buffers: "32MB",
    io_method: "sync", // saves three worker processes
    jit: "off",
    max_wal_size: "256MB",
    ...(durable ? {} : { fsync: "off", full_page_writes: "off" }),
  };
}

/** Reads the status in the eighth line: https://www.postgresql.org/docs/18/storage-file-layout.html */
async function isReady(lock: string, pid: number): Promise<boolean> {
  const lines = (await readFile(lock, "utf8").catch(() => "")).split("\n");
  return lines[0]?.trim() === String(pid) && lines[7]?.trim() === "ready";
}

/** An environment without variables that change the behavior of PostgreSQL, such as PGDATA. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP } = process.env;
  return { PATH, LC_ALL: "C", ...(SystemRoot ? { SystemRoot } : {}), ...(TEMP ? { TEMP } : {}) };
}
