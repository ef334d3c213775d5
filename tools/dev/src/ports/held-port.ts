import type { Server } from "node:net";
import { isFreeEverywhere } from "./free-port.ts";
import { close, listen, portOf } from "./listener.ts";

/** A port that no other process can take until it is released for the app that uses it. */
export interface HeldPort {
  readonly number: number;
  release(): Promise<void>;
}

/** The number of ports to try. */
const range = 100;

/**
 * Holds the first free port, beginning with the given one; without one, holds any free port.
 *
 * @throws Error if a hundred ports in a row are taken
 */
export async function holdPort(first = 0): Promise<HeldPort> {
  for (let port = first; port < first + range; port += 1) {
    const server = port === 0 || (await isFreeEverywhere(port)) ? await listen(port, "127.0.0.1") : undefined;
    if (server) return held(server);
  }
  throw new Error(`no port from ${first} to ${first + range - 1} is free`);
}

function held(server: Server): HeldPort {
  const number = portOf(server);
  server.unref();
  return { number, release: () => close(server) };
}
