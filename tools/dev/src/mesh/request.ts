import type { Socket } from "node:net";
import { createInterface } from "node:readline";

/** A request to run an app, from `mesh-dev`. */
export interface RunRequest {
  /** The name of the app. */
  readonly run: string;
  readonly token: string;
  /** Whether to format log lines for people. */
  readonly pretty: boolean;
}

/** A request to remove the databases of an app, from `npm run reset`. */
export interface ResetRequest {
  /** The name of the app. */
  readonly reset: string;
  readonly token: string;
}

export type Request = RunRequest | ResetRequest;

/** Responds to `hello` with the id of this process, and calls back with other requests. Drops other lines. */
export function respond(
  line: string,
  socket: Socket,
  root: string,
  onRequest: (request: Request, socket: Socket) => void,
): void {
  const { hello, run, reset, token, pretty } = fieldsOf(parse(line));
  if (hello === root) socket.end(`${JSON.stringify({ pid: process.pid })}\n`);
  else if (typeof run === "string" && typeof token === "string")
    onRequest({ run, token, pretty: pretty === true }, socket);
  else if (typeof reset === "string" && typeof token === "string") onRequest({ reset, token }, socket);
  else socket.destroy();
}

/** Calls back with the first line that a socket receives. */
export function onFirstLine(socket: Socket, callback: (line: string) => void): void {
  // It forwards the errors of the socket, which has its own handler.
  createInterface({ input: socket })
    .on("error", () => {})
    .once("line", callback);
}

/** Parses JSON; returns undefined if it is invalid. */
export function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
