import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type Server, ServerCredentials } from "@grpc/grpc-js";

/** What takes connections for a gRPC server. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections, and closes each once it has no open call; cuts what is left when the time is up. */
  close(limitMs: number): Promise<void>;
}

/**
 * Listens by itself and hands connections to grpc-js, which could not cut all of them: without channelz its
 * `forceShutdown` cuts none, and its `drain` waits for the end of sockets whose session has closed.
 */
export async function listen(server: Server, host: string, port: number): Promise<Listener> {
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    injector.injectConnection(socket);
  });
  listener.listen(port, host);
  await once(listener, "listening").catch((cause: Error) => {
    throw new Error(`can't listen on ${hostPort(host, port)}: ${cause.message}`, { cause });
  });

  async function close(limitMs: number): Promise<void> {
    const closed = once(listener, "close");
    listener.close();
    injector.drain(limitMs);
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, limitMs);
    await closed;
    clearTimeout(timer);
    server.forceShutdown(); // Ends what timers it has.
  }

  // A listener on a port, not on a path, has an address of this kind.
  return { port: (listener.address() as AddressInfo).port, close };
}

/** An address as a URL has it, IPv6 in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
