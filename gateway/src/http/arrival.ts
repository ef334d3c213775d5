import type { IncomingMessage } from "node:http";

const arrivals = new WeakMap<IncomingMessage, number>();

/** Notes that a request arrives now: its headers are complete, and it may have to wait for its turn. */
export function noteArrival(request: IncomingMessage): void {
  arrivals.set(request, Date.now());
}

/** Returns when a request arrived, in milliseconds since the epoch. */
export function arrivedAt(request: IncomingMessage): number {
  return arrivals.get(request) ?? Date.now();
}
