import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Limits } from "../limits/limits.ts";

/** An HTTP server that is listening. */
export interface RunningServer {
  readonly port: number;
  /**
   * Accepts no more requests and waits for the running ones.
   *
   * @param graceMs how long to wait before the remaining connections are cut
   */
  close(graceMs: number): Promise<void>;
}

/** The address to listen on, and the limits of connections. */
export interface ServerOptions {
  readonly host: string;
  /** 0: the system chooses a free port. */
  readonly port: number;
  readonly limits: Pick<
    Limits,
    "headerBytes" | "headersTimeoutMs" | "requestTimeoutMs" | "idleMs" | "keepAliveMs" | "connections"
  >;
}

/** The interval of checks for clients that are too slow. */
const checkEveryMs = 1_000;

/** Starts an HTTP server. @throws Error if the port is in use */
export async function listen(handler: RequestListener, { host, port, limits }: ServerOptions): Promise<RunningServer> {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: checkEveryMs,
      // A header that must occur once is then wrong if it occurs twice; the first one alone would be read.
      joinDuplicateHeaders: true,
    },
    handler,
  );
  const connections = trackConnections(server);
  server.timeout = limits.idleMs;
  server.maxConnections = limits.connections;
  server.listen(port, host);
  await once(server, "listening");

  async function close(graceMs: number): Promise<void> {
    const closed = once(server, "close");
    server.close();
    connections.drain();
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(cut);
  }

  // A server that listens on a port has an address of this type.
  return { port: (server.address() as AddressInfo).port, close };
}

/** The open connections of a server. */
export interface Connections {
  count(): number;
  /** Closes idle connections now, and each busy one when its requests are done. */
  drain(): void;
}

/**
 * Tracks how many requests run on each connection. Node's own `closeIdleConnections` skips connections that never had
 * a request, and browsers open some of these in advance.
 */
export function trackConnections(server: Server): Connections {
  const requests = new Map<Socket, number>();
  let draining = false;

  function add(socket: Socket, change: 1 | -1): void {
    const before = requests.get(socket);
    // A response that is cut off closes after its connection.
    if (before === undefined) return;
    const now = before + change;
    requests.set(socket, now);
    if (draining && now === 0) socket.destroySoon();
  }

  server.on("connection", (socket: Socket) => {
    requests.set(socket, 0);
    socket.once("close", () => requests.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    add(socket, 1);
    response.once("close", () => add(socket, -1));
  });
  return {
    count: () => requests.size,
    drain() {
      draining = true;
      for (const [socket, busy] of requests) if (busy === 0) socket.destroySoon();
    },
  };
}
