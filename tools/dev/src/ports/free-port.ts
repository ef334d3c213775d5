import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { close, listen } from "./listener.ts";

/**
 * Ports that no operating system picks for a connection or for a server that asks for any port. Linux picks from
 * 32768, macOS and Windows from 49152.
 */
const ownPorts = { first: 20_000, count: 10_000 };

const attempts = 100;

/** The addresses that a local server may listen on. A port is taken if any of them is. */
const addresses = ["127.0.0.1", "::1", "0.0.0.0", "::"];

/** Returns whether no process listens on a port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  return isFreeOn(port, "127.0.0.1");
}

/** Returns whether no process on this machine listens on a port, on any address. */
export async function isFreeEverywhere(port: number): Promise<boolean> {
  for (const address of addresses) {
    if (!(await isFreeOn(port, address))) return false;
  }
  return true;
}

/**
 * Returns a free port that no other caller gets as long as this process lives, so that a server may stop and start on it.
 *
 * @throws Error if a hundred ports are taken
 */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const port = ownPorts.first + randomInt(ownPorts.count);
    if ((await reserve(port)) && (await isPortFree(port))) return port;
  }
  throw new Error(`no port of ${attempts} that were tried is free`);
}

/** Reserves a port as long as this process lives. Returns whether it was not reserved. */
function reserve(port: number): Promise<boolean> {
  // A process that has the UDP port of this number has reserved the TCP port. The system releases it when the process ends.
  const reservation = createSocket("udp4").unref();
  return new Promise((resolve) => {
    reservation.once("error", () => resolve(false));
    reservation.bind({ address: "127.0.0.1", port, exclusive: true }, () => resolve(true));
  });
}

async function isFreeOn(port: number, host: string): Promise<boolean> {
  const server = await listen(port, host);
  if (server) await close(server);
  return server !== undefined;
}
