import { createHash } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** Thrown when the mesh of this clone runs already. */
export class AlreadyRunningError extends Error {
  override readonly name = "AlreadyRunningError";
}

/** The right to run the mesh of a clone: one process at a time has it, and loses it by ending, in whatever way. */
export interface Claim {
  readonly port: number;
  close(): void;
}

/** What one process may ask of the one that runs the mesh. */
export type Request = { readonly hello: string } | { readonly run: string; readonly token: string; pretty: boolean };

/** Below the ports that systems give out by themselves. */
const [firstPort, portCount, attempts] = [20_000, 10_000, 20];

/** How long another process may take to say who it is. */
const helloTimeoutMs = 1_000;

/**
 * Claims a clone, by listening on a port that follows from its path.
 *
 * @param onRequest called with what other processes ask
 * @throws AlreadyRunningError when another process has the claim
 */
export async function claimClone(root: string, onRequest: (request: Request, socket: Socket) => void): Promise<Claim> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onFirstLine(socket, (line) => answer(line, socket, root, onRequest));
  });
  for (const port of portsOf(root)) {
    if (await listen(server, port)) return { port, close: () => server.close() };
    const pid = await holderOf(root, port);
    if (pid) throw new AlreadyRunningError(`the mesh of this folder runs already, in process ${pid}`);
  }
  throw new Error("no port for talking to other processes is free");
}

/** The process that runs the mesh of a clone; undefined: none does. */
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

/** The process that has the claim on this clone by this port; undefined: nobody, or somebody else altogether. */
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

function onFirstLine(socket: Socket, callback: (line: string) => void): void {
  // It passes on the socket's errors, which are dealt with there.
  createInterface({ input: socket })
    .on("error", () => {})
    .once("line", callback);
}

function pidFrom(line: string): number | undefined {
  const value = parse(line);
  return typeof value === "object" && value !== null && "pid" in value && typeof value.pid === "number"
    ? value.pid
    : undefined;
}

function answer(line: string, socket: Socket, root: string, onRequest: (request: Request, socket: Socket) => void) {
  const request = parse(line) as Partial<Record<string, unknown>> | undefined;
  const { hello, run, token, pretty } = request ?? {};
  if (hello === root) socket.end(`${JSON.stringify({ pid: process.pid })}\n`);
  else if (typeof run === "string" && typeof token === "string")
    onRequest({ run, token, pretty: pretty === true }, socket);
  else socket.destroy();
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
