import { createHash } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import { onFirstLine, parse, type Request, respond } from "./request.ts";

/** Thrown if the mesh of this clone is already running. */
export class AlreadyRunningError extends Error {
  override readonly name = "AlreadyRunningError";
}

/** The exclusive right of one process to run the mesh of a clone. It ends with the process. */
export interface Claim {
  readonly port: number;
  close(): void;
}

/** Ports below the range from which systems assign ports. */
const [firstPort, portCount, attempts] = [20_000, 10_000, 20];

/** The time that another process has to respond. */
const helloTimeoutMs = 1_000;

/**
 * Claims a clone by listening on a port that is derived from its path.
 *
 * @param onRequest called with the requests of other processes
 * @throws AlreadyRunningError if another process has the claim
 */
export async function claimClone(root: string, onRequest: (request: Request, socket: Socket) => void): Promise<Claim> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onFirstLine(socket, (line) => respond(line, socket, root, onRequest));
  });
  for (const port of portsOf(root)) {
    if (await listen(server, port)) return { port, close: () => server.close() };
    const pid = await holderOf(root, port);
    if (pid) throw new AlreadyRunningError(`the mesh of this folder is already running, in process ${pid}`);
  }
  throw new Error("no port for the requests of other processes is free");
}

/** Returns the process that runs the mesh of a clone, or undefined if none does. */
export async function runningProcess(root: string): Promise<number | undefined> {
  for (const port of portsOf(root)) {
    const pid = await holderOf(root, port);
    if (pid) return pid;
  }
  return undefined;
}

function portsOf(root: string): number[] {
  const first = createHash("sha256").update(root).digest().readUInt32BE() % portCount;
  return Array.from({ length: attempts }, (_, index) => firstPort + ((first + index) % portCount));
}

function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(true));
  });
}

/** Returns the process that claims this clone on this port; undefined if the port is free or has another purpose. */
function holderOf(root: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.write(`${JSON.stringify({ hello: root })}\n`));
    const end = (pid?: number) => {
      socket.destroy();
      resolve(pid);
    };
    socket.setTimeout(helloTimeoutMs, end);
    socket.once("error", () => end());
    socket.once("close", () => end());
    onFirstLine(socket, (line) => end(pidFrom(line)));
  });
}

function pidFrom(line: string): number | undefined {
  const value = parse(line);
  return typeof value === "object" && value !== null && "pid" in value && typeof value.pid === "number"
    ? value.pid
    : undefined;
}
