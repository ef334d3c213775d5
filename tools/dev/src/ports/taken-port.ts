import { freePort } from "./free-port.ts";

/** Thrown if another process has a port. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
}

const attempts = 10;

/** Starts something on the given port. Without one, tries free ports, in case another process takes one first. */
export async function onPort<T>(port: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (port) return start(port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === attempts) throw error;
    }
  }
}
