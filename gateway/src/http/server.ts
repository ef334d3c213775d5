import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Limits } from "../limits.ts";
import { trackConnections } from "./connections.ts";

/** A server that listens. */
export interface RunningServer {
  readonly port: number;
  /**
   * Takes no more requests and waits for those under way.
   *
   * @param graceMs how long at most; then their connections are cut
   */
  close(graceMs: number): Promise<void>;
}

/** Where to listen, and what is too much. */
export interface ServerOptions {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly limits: Pick<
    Limits,
    "headerBytes" | "headersTimeoutMs" | "requestTimeoutMs" | "idleMs" | "keepAliveMs" | "connections"
  >;
}

/** How often connections are looked at for clients that are too slow. */
const checkEveryMs = 1_000;

/** Starts a server. @throws Error where the port is taken */
export async function listen(handler: RequestListener, { host, port, limits }: ServerOptions): Promise<RunningServer> {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: checkEveryMs,
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

  // A server that listens on a port has an address of this kind.
  return { port: (server.address() as AddressInfo).port, close };
}
