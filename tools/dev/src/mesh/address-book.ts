import { isFreeEverywhere } from "../ports/free-port.ts";
import { type HeldPort, holdPort } from "../ports/held-port.ts";
import type { App } from "./app.ts";
import type { Replica } from "./replicas.ts";
import type { DevSettings } from "./settings.ts";

/** How often a server is started before its port counts as taken for good. */
const attempts = 10;

/** The ports of each replica, by its name. They are held until the replica starts. */
export class AddressBook {
  readonly ports = new Map<string, number>();
  /** Those of the metrics. The web page has none. */
  readonly metricsPorts = new Map<string, number>();
  readonly #held = new Map<string, readonly HeldPort[]>();
  readonly #first: Readonly<Record<App["kind"], number>>;

  constructor(settings: DevSettings) {
    this.#first = { service: 0, gateway: settings.GATEWAY_PORT, web: settings.WEB_PORT };
  }

  /**
   * Starts a server of this process at a free port. Between the release of a port and its use, another process may take it:
   * then the next one is tried.
   *
   * @param first the first port to try; 0: any
   */
  async serve<T>(first: number, start: (port: number) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const port = await holdPort(first);
      await port.release();
      try {
        return await start(port.number);
      } catch (error) {
        if (!isTaken(error) || attempt === attempts) throw error;
      }
    }
  }

  /** Finds ports for a replica, and holds them. */
  async add({ app, name }: Replica): Promise<void> {
    const port = await holdPort(this.#first[app.kind]);
    this.ports.set(name, port.number);
    const forMetrics = app.kind === "web" ? undefined : await holdPort();
    if (forMetrics) this.metricsPorts.set(name, forMetrics.number);
    this.#held.set(name, forMetrics ? [port, forMetrics] : [port]);
  }

  /** Releases the ports of a replica that is about to start. */
  async release({ name }: Replica): Promise<void> {
    for (const port of this.#held.get(name) ?? []) await port.release();
    this.#held.delete(name);
  }

  /** Finds other ports for a stopped replica if another process took one of them. Returns whether it did. */
  async reassign(replica: Replica): Promise<boolean> {
    const ports = [this.ports, this.metricsPorts].map((book) => book.get(replica.name) ?? 0);
    const areFree = await Promise.all(ports.map(isFreeEverywhere));
    if (areFree.every(Boolean)) return false;
    await this.add(replica);
    return true;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
