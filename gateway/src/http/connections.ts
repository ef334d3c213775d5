import type { Server } from "node:http";
import type { Socket } from "node:net";

/** The connections of a server. */
export interface Connections {
  /** Ends those on which no request is under way, and each of the others as soon as that is so. */
  drain(): void;
}

/**
 * Follows which connections are at work. Node's own `closeIdleConnections` leaves those alone on which nothing was ever
 * asked, and browsers keep some of these in reserve.
 */
export function trackConnections(server: Server): Connections {
  const requests = new Map<Socket, number>();
  let draining = false;

  function count(socket: Socket, change: 1 | -1): void {
    const now = (requests.get(socket) ?? 0) + change;
    requests.set(socket, now);
    if (draining && now === 0) socket.destroySoon();
  }

  server.on("connection", (socket: Socket) => {
    requests.set(socket, 0);
    socket.once("close", () => requests.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    count(socket, 1);
    response.once("close", () => count(socket, -1));
  });
  return {
    drain() {
      draining = true;
      for (const [socket, busy] of requests) if (busy === 0) socket.destroySoon();
    },
  };
}
