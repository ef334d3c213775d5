import type { Server } from "node:http";
import type { Socket } from "node:net";

/** The connections of a server. */
export interface Connections {
  /** How many there are. */
  count(): number;
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

  function add(socket: Socket, change: 1 | -1): void {
    const before = requests.get(socket);
    // An answer that is cut off closes after its connection did.
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
