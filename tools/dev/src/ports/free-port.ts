import { close, listen, portOf } from "./listener.ts";

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

/** Returns a port that was free a moment ago. Another process may take it first. */
export async function freePort(): Promise<number> {
  const server = await listen(0, "127.0.0.1");
  if (!server) throw new Error("no port of 127.0.0.1 is free");
  const port = portOf(server);
  await close(server);
  return port;
}

async function isFreeOn(port: number, host: string): Promise<boolean> {
  const server = await listen(port, host);
  if (server) await close(server);
  return server !== undefined;
}
