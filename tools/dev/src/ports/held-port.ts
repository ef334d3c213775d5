import { createServer, type Server } from "node:net";

/** A port that is kept from others until the process that it is for starts. */
export interface HeldPort {
  readonly number: number;
  release(): Promise<void>;
}

/** All that a server may listen on when it means this machine; who listens on one has the port. */
const addresses = ["127.0.0.1", "::1", "0.0.0.0", "::"];

/** How many ports after the first are tried. */
const range = 100;

/**
 * Holds the first free port from the given one on, or any.
 *
 * @throws Error when a hundred in a row are taken
 */
export async function holdPort(first = 0): Promise<HeldPort> {
  for (let port = first; port < first + range; port += 1) {
    const server = port === 0 || (await isFreeEverywhere(port)) ? await listen(port, "127.0.0.1") : undefined;
    if (server) return held(server);
  }
  throw new Error(`no port from ${first} to ${first + range - 1} is free`);
}

/** Whether nobody on this machine listens on a port, whatever the address. */
export async function isFreeEverywhere(port: number): Promise<boolean> {
  for (const address of addresses) {
    const server = await listen(port, address);
    if (!server) return false;
    await close(server);
  }
  return true;
}

function held(server: Server): HeldPort {
  const address = server.address();
  const number = typeof address === "object" && address ? address.port : 0;
  server.unref();
  return { number, release: () => close(server) };
}

/** Undefined: somebody else has it. */
function listen(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", ({ code }: NodeJS.ErrnoException) => {
      // A machine without IPv6 has nobody there.
      resolve(code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" ? server : undefined);
    });
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => (server.listening ? server.close(() => resolve()) : resolve()));
}
