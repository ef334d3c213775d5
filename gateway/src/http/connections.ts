import type { Server } from "node:http";
import type { Socket } from "node:net";

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
