import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Logger, RepeatedLines } from "@mesh/runtime";
import { Counts } from "../limits/counts.ts";
import type { Limits } from "../limits/limits.ts";
import { networkOf } from "../limits/network.ts";
import { noteArrival } from "./arrival.ts";
import { limitBodyTime } from "./body-time.ts";
import { onClosed } from "./closing.ts";
import { dropRest, type LingerLimits, lingerOnClose } from "./linger.ts";
import { replyJson } from "./reply.ts";

/** The open connections of a server. */
export interface Connections {
  count(): number;
  /** Closes idle connections now, and each busy one when its requests are done. */
  drain(): void;
}

/** Options of connections. */
export interface ConnectionsOptions {
  readonly limits: Pick<Limits, "connectionsPerAddress" | "requestsAhead" | "requestTimeoutMs"> & LingerLimits;
  /** The connections are those of clients, and not of proxies. */
  readonly isDirect: boolean;
  readonly log: Logger;
}

/** A connection, and what happens on it. */
interface Connection {
  /** The request that runs; undefined: none. */
  running: IncomingMessage | undefined;
  /** Begin the requests that have arrived and wait for their turn. */
  readonly waiting: (() => void)[];
  /** Too many wait: the connection closes after them. */
  isFull: boolean;
}

/** The response on a connection that is one too many. */
const tooManyConnections = [
  "HTTP/1.1 429 Too Many Requests",
  "Connection: close",
  "Content-Length: 0",
  "Retry-After: 1",
  "\r\n",
].join("\r\n");

/**
 * Runs the requests of each connection in turn, and closes connections above the limit of an address, and those on which too
 * many requests wait. Node's own `closeIdleConnections` skips connections that never had a request, and browsers open some of
 * these in advance.
 */
export function serveConnections(server: Server, listener: RequestListener, options: ConnectionsOptions): Connections {
  const { limits, isDirect, log } = options;
  const connections = new Map<Socket, Connection>();
  const perAddress = new Counts();
  const lines = new RepeatedLines();
  let draining = false;

  function begin(connection: Connection, request: IncomingMessage, response: ServerResponse): void {
    connection.running = request;
    onClosed(response, () => dropRest(request, limits, () => end(connection, request.socket)));
    listener(request, response);
  }

  function end(connection: Connection, socket: Socket): void {
    connection.running = undefined;
    if (socket.destroyed) return;
    if (socket.writableEnded) return void socket.destroySoon();
    const next = connection.waiting.shift();
    if (next) next();
    else if (draining) socket.destroySoon();
  }

  function report(what: string, limit: number): void {
    lines.count(what, (closed, seconds) => {
      log.warn({ closed, ...(seconds === undefined ? {} : { seconds }), limit }, `connections are closed: ${what}`);
    });
  }

  /** Counts a connection of an address. Returns false if there are too many. */
  function accept(socket: Socket): boolean {
    if (!isDirect) return true;
    const address = networkOf(socket.remoteAddress ?? "");
    if (perAddress.of(address) >= limits.connectionsPerAddress) return false;
    perAddress.add(address, 1);
    socket.once("close", () => perAddress.add(address, -1));
    return true;
  }

  server.on("connection", (socket: Socket) => {
    if (!accept(socket)) {
      report("one address has too many", limits.connectionsPerAddress);
      socket.end(tooManyConnections);
      return socket.destroySoon();
    }
    const connection: Connection = { running: undefined, waiting: [], isFull: false };
    connections.set(socket, connection);
    lingerOnClose(socket, () => connection.running);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("drop", () => report("the process has too many", server.maxConnections));
  server.on("request", (request, response) => {
    const { socket } = request;
    const connection = connections.get(socket);
    // What follows on a connection that closes has no response.
    if (!connection || connection.isFull) return void socket.pause();
    noteArrival(request);
    limitBodyTime(request, response, limits.requestTimeoutMs);
    if (!connection.running) return begin(connection, request, response);
    if (connection.waiting.length < limits.requestsAhead) {
      return void connection.waiting.push(() => begin(connection, request, response));
    }
    report("too many requests wait on one", limits.requestsAhead);
    connection.isFull = true;
    socket.pause();
    connection.waiting.push(() => replyTooMany(response));
  });
  return {
    count: () => connections.size,
    drain() {
      draining = true;
      for (const [socket, { running }] of connections) if (!running) socket.destroySoon();
    },
  };
}

function replyTooMany(response: ServerResponse): void {
  const message = "too many requests wait on this connection: send one after the response of another";
  replyJson(response, 429, { message }, { connection: "close", "retry-after": "1" });
}
