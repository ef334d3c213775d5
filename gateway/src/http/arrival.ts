import type { IncomingMessage } from "node:http";

const arrival = Symbol("when it arrived");

interface Arrived extends IncomingMessage {
  [arrival]?: number;
}

/** Notes that a request arrives now: its headers are complete, and it may have to wait for its turn. */
export function noteArrival(request: Arrived): void {
  request[arrival] = Date.now();
}

/** Returns when a request arrived, in milliseconds since the epoch. */
export function arrivedAt(request: Arrived): number {
  return request[arrival] ?? Date.now();
}
