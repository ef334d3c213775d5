import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "@mesh/runtime";
import type { Limits } from "../limits/limits.ts";
import { serveConnections } from "./connections.ts";

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
    | "headerBytes"
    | "headersTimeoutMs"
    | "requestTimeoutMs"
    | "idleMs"
    | "keepAliveMs"
    | "connections"
    | "connectionsPerAddress"
    | "requestsAhead"
    | "lingerMs"
    | "lingerIdleMs"
    | "lingerBytes"
  >;
  /** How many proxies are in front of the server, whose connections are not those of clients. Default: 0. */
  readonly proxies?: number;
  readonly log: Logger;
}

/** The interval of checks for clients that are too slow. */
const checkEveryMs = 1_000;

/** Starts an HTTP server. @throws Error if the port is in use */
export async function listen(handler: RequestListener, options: ServerOptions): Promise<RunningServer> {
  const { host, port, limits, proxies = 0, log } = options;
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    // Each connection limits the time of its requests: files may take longer.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: checkEveryMs,
    // A header that must occur once is then wrong if it occurs twice; the first one alone would be read.
    joinDuplicateHeaders: true,
  });
  const connections = serveConnections(server, handler, { limits, isDirect: proxies === 0, log });
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
