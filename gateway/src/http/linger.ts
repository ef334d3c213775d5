import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Limits } from "../limits/limits.ts";
import { allowLongBody } from "./body-time.ts";

/** How long, and how much, a client may still send of a request that has its response. */
export type LingerLimits = Pick<Limits, "lingerMs" | "lingerIdleMs" | "lingerBytes">;

/** The interval at which what has arrived is counted, in milliseconds. */
const countEveryMs = 100;

/**
 * Reads and drops the rest of a body whose request has its response. To close a connection with unread bytes resets it, and a
 * client that sends its whole body first would then see an error instead of the response. Cuts the connection at a limit.
 *
 * @param done called when the whole body has arrived, or the connection is closed
 */
export function dropRest(request: IncomingMessage, limits: LingerLimits, done: () => void): void {
  const { socket } = request;
  if (request.complete || socket.destroyed) {
    done();
    return;
  }
  const isOver = limitsOf(socket, limits);
  const counting = setInterval(() => isOver() && socket.destroy(), countEveryMs);
  const stop = () => {
    clearInterval(counting);
    done();
  };
  // It has limits of its own now.
  allowLongBody(request);
  request.once("close", stop).resume();
}

/** Returns what decides whether a connection has reached a limit. The body itself has no events if Node drops it. */
function limitsOf(socket: Socket, { lingerMs, lingerIdleMs, lingerBytes }: LingerLimits): () => boolean {
  const began = { at: performance.now(), bytes: socket.bytesRead };
  let last = began;
  return () => {
    const now = { at: performance.now(), bytes: socket.bytesRead };
    if (now.bytes > last.bytes) last = now;
    return now.at - began.at > lingerMs || now.at - last.at > lingerIdleMs || now.bytes - began.bytes > lingerBytes;
  };
}

/**
 * Lets Node close a connection after the response of a request whose body is still arriving: the gateway sends no more, and the
 * client may read. `dropRest` ends the connection. Source: `lingering_close` of nginx.
 *
 * @param request returns the request that runs
 */
export function lingerOnClose(socket: Socket, request: () => IncomingMessage | undefined): void {
  const close = socket.destroySoon.bind(socket);
  // Node calls it after the last response of a connection.
  socket.destroySoon = () => {
    if (request()?.complete === false) socket.end();
    else close();
  };
}
