import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { onPort } from "../ports/taken-port.ts";
import { endOrphan, pidIn } from "../process/orphan.ts";
import { findNatsServer } from "./nats-binary.ts";
import { type NatsUser, urlWithLogin, usersFile, writeUsers } from "./nats-users.ts";
import { type RunningServer, type ServerOptions, startProcess } from "./server.ts";

/** A server of a cluster. */
export interface NatsCluster {
  /** The port for the other servers. */
  readonly port: number;
  /** The ports of all servers for each other. */
  readonly ports: readonly number[];
}

/** Options of a nats-server. */
export interface NatsOptions extends ServerOptions {
  /** Default: it is the only server. */
  readonly cluster?: NatsCluster;
  /** Who may use it; the URL of the server has the login of the first one. Default: everyone, without a login. */
  readonly users?: readonly NatsUser[] | undefined;
}

/**
 * Starts a nats-server with JetStream on 127.0.0.1. It writes each message to disk before it acknowledges it, so a kill
 * loses nothing.
 *
 * @throws PortTakenError if another process has the port
 */
export async function startNats({ dir, port, host = localhost, cluster, users }: NatsOptions): Promise<RunningServer> {
  const command = await findNatsServer();
  await mkdir(dir, { recursive: true });
  const configFile = join(dir, "nats.conf");
  const pid = await pidIn(join(dir, "nats.pid"));
  if (pid) await endOrphan(pid, configFile, "SIGTERM");
  if (users) await writeUsers(dir, users);
  const [first] = users ?? [];
  const options = { dir, host, cluster, hasUsers: first !== undefined };
  const running = await onPort(port, (chosen) => start(command, { ...options, port: chosen }, configFile));
  return first ? { ...running, url: urlWithLogin(running.url, first) } : running;
}

/** Makes a running nats-server read its users again. Windows has no signal for it, so the server ends there. */
export async function reloadUsers(dir: string, pid: number, users: readonly NatsUser[]): Promise<void> {
  await writeUsers(dir, users);
  process.kill(pid, process.platform === "win32" ? "SIGTERM" : "SIGHUP");
}

const localhost = "127.0.0.1";

interface Started {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly cluster: NatsCluster | undefined;
  readonly hasUsers: boolean;
}

async function start(command: string, options: Started, configFile: string): Promise<RunningServer> {
  const { dir, host, port, cluster } = options;
  // A cluster knows its servers by their names, also after a restart.
  const name = `mesh-${cluster?.port ?? randomUUID()}`;
  await writeFile(configFile, config(options, name) + (cluster ? clusterConfig(cluster) : ""));
  const running = await startProcess({
    name: "nats-server",
    command,
    args: ["-c", configFile],
    port,
    logFile: join(dir, "nats.log"),
    signal: "SIGTERM",
    isReady: async () => (await greeting(host, port)).includes(name),
  });
  return { ...running, url: `nats://${host}:${port}` };
}

function clusterConfig({ port, ports }: NatsCluster): string {
  const routes = ports.map((other) => `"nats-route://127.0.0.1:${other}"`).join(", ");
  return `cluster {
  name: mesh
  listen: "127.0.0.1:${port}"
  routes: [${routes}]
  # Clients have the addresses of all servers, which may be those of proxies.
  no_advertise: true
}
`;
}

function config({ dir, host, port, hasUsers }: Started, name: string): string {
  const inDir = (file: string) => JSON.stringify(join(dir, file).replaceAll("\\", "/"));
  return `# Written at each start.
server_name: ${name}
listen: "${host}:${port}"
pid_file: ${inDir("nats.pid")}
jetstream {
  store_dir: ${inDir("jetstream")}
  max_mem: 64MB
  # Each stream reserves its limit, which is 1 GiB by default; the disk is used only by what is in it.
  max_file: 1TB
  # The default writes to disk every two minutes; a power cut would lose the messages acknowledged since.
  sync_interval: always
}
${hasUsers ? `include ${JSON.stringify(usersFile)}\n` : ""}`;
}

/** Returns the first line that nats-server sends to a client, which contains the server's name; empty if there is none. */
function greeting(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const end = (line: string) => {
      socket.destroy();
      resolve(line);
    };
    socket.once("data", (data) => end(data.toString()));
    socket.once("timeout", () => end(""));
    socket.once("error", () => end(""));
    socket.once("close", () => end(""));
  });
}
