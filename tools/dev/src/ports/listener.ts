import { createServer, type Server } from "node:net";

/** Listens on a port of a local address; returns undefined if the port is taken. */
export function listen(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", ({ code }: NodeJS.ErrnoException) => {
      // On a machine without IPv6, no other process can have the port of an IPv6 address.
      resolve(code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" ? server : undefined);
    });
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

/** Closes a listener, unless it is closed. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => (server.listening ? server.close(() => resolve()) : resolve()));
}

/** Returns the port of a listener. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
